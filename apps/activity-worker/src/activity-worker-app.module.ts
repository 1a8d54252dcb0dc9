import { ActivityWorkerModule, type ActivityWorkerOptions } from '@marathon/activity';
import { CLOCK, MESSAGE_PUBLISHER, STREAM } from '@marathon/host';
import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';

type Ports = Pick<ActivityWorkerOptions, 'stream' | 'publisher' | 'clock'>;

export interface ActivityWorkerAppOptions {
  /** What the worker takes on; its defaults hold. */
  readonly worker?: Omit<ActivityWorkerOptions, keyof Ports>;
  /** Modules with activities. */
  readonly activities: NonNullable<ModuleMetadata['imports']>;
}

/** The activity worker as an application, or as a part of a larger one: it expects `HostModule` beside it, and exports `ActivityWorker`. */
@Module({})
export class ActivityWorkerAppModule {
  static forRoot({ worker = {}, activities }: ActivityWorkerAppOptions): DynamicModule {
    const workerModule = ActivityWorkerModule.forRootAsync({
      inject: [STREAM, MESSAGE_PUBLISHER, CLOCK],
      useFactory: (stream: Ports['stream'], publisher: Ports['publisher'], clock: Ports['clock']) => ({
        ...worker,
        stream,
        publisher,
        clock,
      }),
    });
    return { module: ActivityWorkerAppModule, imports: [workerModule, ...activities], exports: [workerModule] };
  }
}
