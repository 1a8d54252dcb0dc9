import { ActivityRegistry } from '@marathon/activity';
import { MarathonClient } from '@marathon/client';
import { Readiness, SystemClock } from '@marathon/host';
import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { EmbeddedSystem } from './embedded-system.js';
import { EndingModule } from './ending.module.js';
import { gatewayUrl } from './gateway-url.js';
import { HostedCode } from './hosted-code.js';
import type { MarathonModuleOptions } from './marathon.options.js';

/**
 * Marathon in an application: a `MarathonClient` and a `Readiness` that any provider can have injected, a worker for every `@Activity()` of its providers,
 * and whoever drives the workflows that it names. Imported once, by the root module.
 *
 * ```ts
 * \@Module({
 *   imports: [MarathonModule.forRoot({ workflows: [order], embedded: true })],
 *   providers: [PaymentActivities, Shop],
 * })
 * export class AppModule {}
 * ```
 *
 * The application answers when all of it has started. On `app.close()`, and on signals after `app.enableShutdownHooks()`, attempts that
 * are under way end or are handed back before providers are destroyed.
 */
@Module({})
export class MarathonModule {
  /** @throws EnvironmentError, when the application starts, for variables that are missing; in embedded mode what `startStandalone` throws */
  static forRoot(options: MarathonModuleOptions = {}): DynamicModule {
    return {
      module: MarathonModule,
      global: true,
      imports: [DiscoveryModule, EndingModule],
      providers: [
        ActivityRegistry,
        { provide: Readiness, useFactory: () => new Readiness(new SystemClock()) },
        { provide: EmbeddedSystem, useFactory: () => EmbeddedSystem.start(options) },
        {
          provide: MarathonClient,
          inject: [EmbeddedSystem],
          useFactory: (embedded?: EmbeddedSystem) => new MarathonClient({ url: options.url ?? embedded?.url ?? gatewayUrl() }),
        },
        {
          provide: HostedCode,
          inject: [ActivityRegistry, Readiness, EmbeddedSystem],
          useFactory: (registry: ActivityRegistry, readiness: Readiness, embedded?: EmbeddedSystem) =>
            new HostedCode(registry, options, embedded, readiness),
        },
      ],
      exports: [MarathonClient, Readiness, HostedCode],
    };
  }
}
