import type { Clock, MessagePublisher, Service, Stream } from '@marathon/core';
import { CLOCK, HostModule, MESSAGE_PUBLISHER, Readiness, ServiceGroup } from '@marathon/host';
import { type DynamicModule, Module } from '@nestjs/common';
import { ApiGatewayModule } from './api-gateway.module.js';
import { Gateway } from './gateway.js';
import type { GatewayPorts } from './gateway-ports.js';

export interface GatewayProcessOptions {
  readonly processName: string;
  readonly storage: GatewayStorage;
  readonly stream: Stream;
}

export interface GatewayStorage
  extends Service,
    Pick<GatewayPorts, 'runIntake' | 'runReader' | 'outbox' | 'definitionRegistry' | 'secrets' | 'payloads'> {
  isUsable(): boolean | Promise<boolean>;
}

/** A gateway as a process of its own. */
@Module({})
export class GatewayProcessModule {
  static forRoot({ processName, storage, stream }: GatewayProcessOptions): DynamicModule {
    const { runIntake, runReader, outbox, definitionRegistry, secrets, payloads } = storage;
    const ports = { runIntake, runReader, outbox, definitionRegistry, secrets, payloads, processName, stream };
    return {
      module: GatewayProcessModule,
      imports: [
        HostModule.forRoot({ stream }),
        ApiGatewayModule.forRoot({
          inject: [CLOCK, MESSAGE_PUBLISHER, Readiness],
          useFactory: (clock: Clock, messagePublisher: MessagePublisher, readiness: Readiness) => {
            readiness.add('database', () => storage.isUsable());
            return { ...ports, messagePublisher, clock, readiness };
          },
        }),
      ],
      providers: [
        {
          provide: ServiceGroup,
          inject: [CLOCK, Readiness, Gateway],
          useFactory: (clock: Clock, readiness: Readiness, gateway: Gateway) => {
            const services = new ServiceGroup(clock, [
              { name: 'database', service: storage },
              { name: 'stream', service: stream },
              { name: 'gateway', service: gateway },
            ]);
            readiness.add('services', () => services.isRunning);
            return services;
          },
        },
      ],
    };
  }
}
