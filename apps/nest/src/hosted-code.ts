import { type ActivityRegistry, ActivityWorker } from '@marathon/activity';
import type { Stream } from '@marathon/core';
import { guardsInstalled } from '@marathon/guards';
import { type NamedService, processName, type Readiness, ServiceGroup, StreamMessagePublisher, SystemClock } from '@marathon/host';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type ClusterCode, clusterServices } from './cluster-services.js';
import type { EmbeddedSystem } from './embedded-system.js';
import type { MarathonModuleOptions } from './marathon.options.js';

/**
 * Runs what the application has: its activities, where there are any, and its workflows, where no embedded system has them. Starts when
 * all providers are there.
 */
export class HostedCode implements OnApplicationBootstrap {
  private services: ServiceGroup | undefined;

  constructor(
    private readonly registry: ActivityRegistry,
    private readonly options: MarathonModuleOptions,
    private readonly embedded: EmbeddedSystem | undefined,
    private readonly readiness: Readiness,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { workflows = [], modules = [], taskQueues = ['default'] } = this.options;
    const hasWorkflows = workflows.length + modules.length > 0;
    const hasActivities = this.registry.names().length > 0;
    if (hasWorkflows && !guardsInstalled()) {
      new Logger('Marathon').warn('workflow code runs without guards: start Node with --import @marathon/guards/register');
    }
    const { embedded } = this;
    if (embedded) {
      this.readiness.add('system', () => embedded.isReady());
      if (hasActivities) await this.start([{ name: 'activity worker', service: this.workerOver(embedded.stream, { taskQueues }) }]);
    } else if (hasWorkflows || hasActivities) {
      await this.start(await clusterServices(this.codeFor(hasActivities), this.options, this.readiness));
    }
  }

  /** Resolves when attempts that were under way have ended, or are handed back. */
  async stop(): Promise<void> {
    await this.services?.stop();
  }

  private codeFor(hasActivities: boolean): ClusterCode {
    return { activityWorker: hasActivities ? (stream, settings) => this.workerOver(stream, settings) : undefined };
  }

  private workerOver(stream: Stream, settings: { readonly taskQueues: readonly string[] }): ActivityWorker {
    const identity = processName('activity-worker');
    return new ActivityWorker(this.registry, {
      identity,
      ...settings,
      stream,
      publisher: new StreamMessagePublisher(stream),
      clock: new SystemClock(),
    });
  }

  private async start(services: readonly NamedService[]): Promise<void> {
    const group = new ServiceGroup(new SystemClock(), services);
    this.services = group;
    this.readiness.add('services', () => group.isRunning);
    await group.start();
  }
}
