import type { Clock, Stream } from '@marathon/core';
import { type DynamicModule, Module } from '@nestjs/common';
import { CLOCK, MESSAGE_PUBLISHER, STREAM } from './ports.js';
import { Readiness } from './readiness.js';
import { StreamMessagePublisher, type WorkerAccess } from './stream-message-publisher.js';
import { SystemClock } from './system-clock.js';

export interface HostModuleOptions {
  /** Chosen by `main.ts`; started and stopped with the application's other services. */
  readonly stream: Stream;
  /** For those who send tasks to activity workers. */
  readonly access?: WorkerAccess;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** What every application shares, for all its modules: clock, stream, publisher, readiness. */
@Module({})
export class HostModule {
  static forRoot({ stream, access, clock = new SystemClock() }: HostModuleOptions): DynamicModule {
    const readiness = new Readiness(clock);
    readiness.add('stream', () => stream.isUsable());
    const providers = [
      { provide: CLOCK, useValue: clock },
      { provide: STREAM, useValue: stream },
      { provide: MESSAGE_PUBLISHER, useValue: new StreamMessagePublisher(stream, access) },
      { provide: Readiness, useValue: readiness },
    ];
    return { module: HostModule, global: true, providers, exports: providers };
  }
}
