import { type DynamicModule, Module } from '@nestjs/common';
import { Orchestrator } from './orchestrator.js';
import type { OrchestratorOptions } from './orchestrator.options.js';
import { ORCHESTRATOR_PORTS, type OrchestratorPorts } from './orchestrator-ports.js';

/**
 * An orchestrator for a team's workflows. The ports come from the module that composes the process; whoever starts the
 * application's services starts `Orchestrator` after the stream and the database, and stops it before them.
 */
@Module({})
export class OrchestratorModule {
  static forRoot(options: OrchestratorOptions): DynamicModule {
    const orchestrator = {
      provide: Orchestrator,
      inject: [ORCHESTRATOR_PORTS],
      useFactory: (ports: OrchestratorPorts) => new Orchestrator(ports, options),
    };
    return { module: OrchestratorModule, providers: [orchestrator], exports: [Orchestrator] };
  }
}
