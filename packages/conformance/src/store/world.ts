import type { DefinitionRegistry, LimitStore, Outbox, PayloadStore, RunIntake, RunReader, RunStore, Secrets } from '@marathon/core';

/** One store, empty at first, as several processes see it. */
export interface StoreWorld {
  /** Each call gives the store as one more process would have it: nothing is shared with the others but the data. */
  openRunStore(): RunStore;
  /** The same for the intake of one more gateway. */
  openRunIntake(): RunIntake;
  readonly outbox: Outbox;
  readonly reader: RunReader;
  readonly definitions: DefinitionRegistry;
  readonly secrets: Secrets;
  readonly payloads: PayloadStore;
  readonly limits: LimitStore;
  close(): Promise<void>;
}

/** Gives every test a world of its own. */
export type StoreSetup = () => Promise<StoreWorld>;
