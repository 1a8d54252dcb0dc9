import { ActivityWorker } from '@marathon/activity';
import { ActivityWorkerAppModule } from '@marathon/activity-worker';
import { ApiGatewayModule, Gateway } from '@marathon/api-gateway';
import type { AnyWorkflowDefinition, Clock, MessagePublisher, Service, Stream, TurnMonitor } from '@marathon/core';
import { CLOCK, HostModule, MESSAGE_PUBLISHER, Readiness, ServiceGroup } from '@marathon/host';
import { Orchestrator, OrchestratorModule } from '@marathon/orchestrator';
import type { Storage } from '@marathon/postgres';
import { type DynamicModule, Module, type Type } from '@nestjs/common';

export interface StandaloneModuleOptions {
  readonly processName: string;
  readonly build: string;
  readonly workflows: readonly AnyWorkflowDefinition[];
  /** Whose runs it drives, and whose tasks it takes. Default `['default']`. */
  readonly taskQueues?: readonly string[] | undefined;
  /** Classes with `@Activity()` methods, and what these need. Without it, workers of others take the tasks from the stream. */
  readonly activities?: readonly Type[] | undefined;
  readonly residentRuns?: number;
  readonly storage: Storage;
  readonly stream: Stream;
  readonly turnMonitor: TurnMonitor & Service;
  /** Where this process serves its HTTP API, once it does. */
  url(): string | undefined;
}

/** The three applications in one: the same modules as in processes of their own, over a stream within the process. */
@Module({})
export class StandaloneModule {
  static forRoot(options: StandaloneModuleOptions): DynamicModule {
    const { processName, storage, stream, turnMonitor, taskQueues = ['default'], activities } = options;
    return {
      module: StandaloneModule,
      imports: [
        HostModule.forRoot({ stream, access: { secrets: storage.secrets, gatewayUrl: options.url } }),
        ApiGatewayModule.forRoot({
          inject: [CLOCK, MESSAGE_PUBLISHER, Readiness],
          useFactory: (clock: Clock, messagePublisher: MessagePublisher, readiness: Readiness) => {
            readiness.add('database', () => storage.isUsable());
            return { ...portsOf(storage), processName: `${processName}/gateway`, stream, messagePublisher, clock, readiness };
          },
        }),
        OrchestratorModule.forRoot({
          workflows: options.workflows,
          build: options.build,
          taskQueues,
          ...(options.residentRuns !== undefined && { residentRuns: options.residentRuns }),
          inject: [CLOCK, MESSAGE_PUBLISHER],
          useFactory: (clock: Clock, publisher: MessagePublisher) => ({
            ...portsOf(storage),
            processName,
            stream,
            publisher,
            clock,
            turnMonitor,
          }),
        }),
        ...(activities ? [workerOf(activities, taskQueues)] : []),
      ],
      providers: [
        {
          provide: ServiceGroup,
          inject: [CLOCK, Readiness, Orchestrator, Gateway, { token: ActivityWorker, optional: true }],
          useFactory: (clock: Clock, readiness: Readiness, orchestrator: Orchestrator, gateway: Gateway, worker?: ActivityWorker) => {
            const services = new ServiceGroup(clock, [
              { name: 'database', service: storage },
              { name: 'stream', service: stream },
              { name: 'watchdog', service: turnMonitor },
              { name: 'gateway', service: gateway },
              { name: 'orchestrator', service: orchestrator },
              ...(worker ? [{ name: 'activity worker', service: worker }] : []),
            ]);
            readiness.add('services', () => services.isRunning);
            return services;
          },
        },
      ],
    };
  }
}

@Module({})
class ActivitiesModule {}

const workerOf = (activities: readonly Type[], taskQueues: readonly string[]): DynamicModule =>
  ActivityWorkerAppModule.forRoot({ worker: { taskQueues }, activities: [{ module: ActivitiesModule, providers: [...activities] }] });

function portsOf({ laneStores, store, outbox, runIntake, runReader, limits, definitionRegistry, secrets, payloads }: Storage) {
  return { laneStores, store, outbox, runIntake, runReader, limits, definitionRegistry, secrets, payloads };
}
