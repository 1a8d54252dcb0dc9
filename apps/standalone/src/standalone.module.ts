import { ActivityWorker } from '@marathon/activity';
import { ActivityWorkerAppModule, OrderActivitiesModule } from '@marathon/activity-worker';
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
  /** Classes with `@Activity()` methods. */
  readonly activities: readonly Type[];
  readonly residentRuns?: number;
  readonly storage: Storage;
  readonly stream: Stream;
  readonly turnMonitor: TurnMonitor & Service;
}

/** The three applications in one: the same modules as in processes of their own, over a stream within the process. */
@Module({})
export class StandaloneModule {
  static forRoot(options: StandaloneModuleOptions): DynamicModule {
    const { processName, storage, stream, turnMonitor } = options;
    return {
      module: StandaloneModule,
      imports: [
        HostModule.forRoot({ stream, secrets: storage.secrets }),
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
        ActivityWorkerAppModule.forRoot({
          activities: [OrderActivitiesModule, { module: ActivitiesModule, providers: [...options.activities] }],
        }),
      ],
      providers: [
        {
          provide: ServiceGroup,
          inject: [CLOCK, Readiness, Orchestrator, ActivityWorker, Gateway],
          useFactory: (clock: Clock, readiness: Readiness, orchestrator: Orchestrator, worker: ActivityWorker, gateway: Gateway) => {
            const services = new ServiceGroup(clock, [
              { name: 'database', service: storage },
              { name: 'stream', service: stream },
              { name: 'watchdog', service: turnMonitor },
              { name: 'gateway', service: gateway },
              { name: 'orchestrator', service: orchestrator },
              { name: 'activity worker', service: worker },
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

function portsOf({ laneStores, store, outbox, runIntake, runReader, definitionRegistry, secrets }: Storage) {
  return { laneStores, store, outbox, runIntake, runReader, definitionRegistry, secrets };
}
