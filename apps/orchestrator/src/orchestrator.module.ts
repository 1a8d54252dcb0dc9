import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { Orchestrator } from './orchestrator.js';
import type { OrchestratorOptions } from './orchestrator.options.js';
import type { OrchestratorPorts } from './orchestrator-ports.js';

/** What the orchestrator runs, and how its ports are found in the container. */
export interface OrchestratorModuleOptions extends OrchestratorOptions, Pick<FactoryProvider<OrchestratorPorts>, 'inject' | 'useFactory'> {}

/**
 * An orchestrator for a team's workflows. Whoever starts the application's services starts `Orchestrator` after the stream and
 * the database, and stops it before them.
 */
@Module({})
export class OrchestratorModule {
  static forRoot({ inject = [], useFactory, ...options }: OrchestratorModuleOptions): DynamicModule {
    const orchestrator: FactoryProvider<Orchestrator> = {
      provide: Orchestrator,
      inject,
      useFactory: async (...found) => new Orchestrator(await useFactory(...found), options),
    };
    return { module: OrchestratorModule, providers: [orchestrator], exports: [Orchestrator] };
  }
}
