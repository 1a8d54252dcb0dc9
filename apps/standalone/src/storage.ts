import type { DefinitionRegistry, Outbox, RunIntake, RunReader, RunStore, Service } from '@marathon/core';

/** Where everything durable is; a service, since its connections come and go with the process. */
export interface Storage extends Service {
  readonly laneStores: readonly RunStore[];
  readonly store: RunStore;
  readonly outbox: Outbox;
  readonly runIntake: RunIntake;
  readonly runReader: RunReader;
  readonly definitionRegistry: DefinitionRegistry;
  isUsable(): boolean | Promise<boolean>;
}
