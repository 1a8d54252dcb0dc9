import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ActivityRegistry } from './activity-registry.js';
import type { ActivityWorkerOptions } from './activity-worker.options.js';
import { ActivityWorker } from './worker/activity-worker.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<ActivityWorkerOptions>()
  .setClassMethodName('forRoot')
  .build();

/**
 * Hosts the activities of the application: every `@Activity()` method of every provider. `forRoot(options)`, or
 * `forRootAsync({ inject, useFactory })` when the options come out of the container. Whoever starts the application's services
 * starts `ActivityWorker` after the stream and stops it before.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    ActivityRegistry,
    {
      provide: ActivityWorker,
      inject: [ActivityRegistry, MODULE_OPTIONS_TOKEN],
      useFactory: (registry: ActivityRegistry, options: ActivityWorkerOptions) => new ActivityWorker(registry, options),
    },
  ],
  exports: [ActivityWorker],
})
export class ActivityWorkerModule extends ConfigurableModuleClass {}
