import { ActivityWorker } from '@marathon/activity';
import type { Clock, Stream } from '@marathon/core';
import { CLOCK, HostModule, Readiness, ServiceGroup, Telemetry } from '@marathon/host';
import { type DynamicModule, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { ActivityWorkerAppModule, type ActivityWorkerAppOptions } from './activity-worker-app.module.js';
import { workerMeasures } from './measures.js';

export interface ActivityWorkerProcessOptions {
  readonly worker: NonNullable<ActivityWorkerAppOptions['worker']>;
  /** How long the worker may take to end, its drain included. */
  readonly stopTimeoutMs: number;
  readonly activities: readonly Type[];
  readonly modules: NonNullable<ModuleMetadata['imports']>;
  /** Started and stopped by the transport of the process. */
  readonly stream: Stream;
}

/** An activity worker as a process of its own. */
@Module({})
export class ActivityWorkerProcessModule {
  static forRoot({ worker, stopTimeoutMs, activities, modules, stream }: ActivityWorkerProcessOptions): DynamicModule {
    return {
      module: ActivityWorkerProcessModule,
      imports: [HostModule.forRoot({ stream }), ActivityWorkerAppModule.forRoot({ worker, activities: [...modules] })],
      providers: [
        ...activities,
        {
          provide: ServiceGroup,
          inject: [CLOCK, Readiness, ActivityWorker],
          useFactory: (clock: Clock, readiness: Readiness, activityWorker: ActivityWorker) => {
            const services = new ServiceGroup(clock, [
              { name: 'activity worker', service: activityWorker, stopTimeoutMs },
              { name: 'telemetry', service: new Telemetry('marathon-activity-worker', process.env, workerMeasures(activityWorker)) },
            ]);
            readiness.add('services', () => services.isRunning);
            return services;
          },
        },
      ],
    };
  }
}
