import type { Clock, MessagePublisher, Secrets, Service, Stream, TurnMonitor } from '@marathon/core';
import { CLOCK, HostModule, MESSAGE_PUBLISHER, Readiness, ServiceGroup, Telemetry } from '@marathon/host';
import { type DynamicModule, Module } from '@nestjs/common';
import { orchestratorMeasures } from './measures.js';
import { Orchestrator } from './orchestrator.js';
import { OrchestratorModule } from './orchestrator.module.js';
import type { OrchestratorOptions } from './orchestrator.options.js';
import type { OrchestratorPorts } from './orchestrator-ports.js';

export interface OrchestratorProcessOptions {
  readonly processName: string;
  readonly orchestrator: OrchestratorOptions;
  readonly storage: OrchestratorStorage;
  /** Started and stopped by the transport of the process. */
  readonly stream: Stream;
  /** Where activity workers reach a gateway: `http://gateway:8080`. */
  readonly gatewayUrl: string;
  readonly turnMonitor: TurnMonitor & Service;
}

export interface OrchestratorStorage
  extends Service,
    Pick<OrchestratorPorts, 'laneStores' | 'store' | 'outbox' | 'runIntake' | 'runReader' | 'limits' | 'definitionRegistry' | 'payloads'> {
  readonly secrets: Secrets;
  isUsable(): boolean | Promise<boolean>;
}

/** An orchestrator as a process of its own. */
@Module({})
export class OrchestratorProcessModule {
  static forRoot({
    processName,
    orchestrator: options,
    storage,
    stream,
    gatewayUrl,
    turnMonitor,
  }: OrchestratorProcessOptions): DynamicModule {
    const { laneStores, store, outbox, runIntake, runReader, limits, definitionRegistry, payloads, secrets } = storage;
    const ports = { laneStores, store, outbox, runIntake, runReader, limits, definitionRegistry, payloads };
    return {
      module: OrchestratorProcessModule,
      imports: [
        HostModule.forRoot({ stream, access: { secrets, gatewayUrl: () => gatewayUrl } }),
        OrchestratorModule.forRoot({
          ...options,
          inject: [CLOCK, MESSAGE_PUBLISHER],
          useFactory: (clock: Clock, publisher: MessagePublisher) => {
            return { ...ports, processName, stream, publisher, clock, turnMonitor };
          },
        }),
      ],
      providers: [
        {
          provide: ServiceGroup,
          inject: [CLOCK, Readiness, Orchestrator],
          useFactory: (clock: Clock, readiness: Readiness, orchestrator: Orchestrator) => {
            const services = new ServiceGroup(clock, [
              { name: 'database', service: storage },
              { name: 'watchdog', service: turnMonitor },
              { name: 'orchestrator', service: orchestrator },
              { name: 'telemetry', service: new Telemetry('marathon-orchestrator', process.env, orchestratorMeasures(orchestrator)) },
            ]);
            readiness.add('database', () => storage.isUsable());
            readiness.add('services', () => services.isRunning);
            return services;
          },
        },
      ],
    };
  }
}
