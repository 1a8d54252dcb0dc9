import {
  type Clock,
  type DefinitionRegistry,
  type LimitStore,
  type Log,
  type Outbox,
  type PayloadStore,
  type RunIntake,
  type RunReader,
  type RunStore,
  type Secrets,
  type Service,
  untilAvailable,
} from '@marathon/core';
import { migrateDatabase } from './migrate-database.js';
import { PostgresDatabase } from './postgres-database.js';

/** Where everything durable is; a service, since its connections come and go with the process. */
export interface Storage extends Service {
  readonly laneStores: readonly RunStore[];
  readonly store: RunStore;
  readonly outbox: Outbox;
  readonly runIntake: RunIntake;
  readonly runReader: RunReader;
  readonly definitionRegistry: DefinitionRegistry;
  readonly secrets: Secrets;
  readonly payloads: PayloadStore;
  readonly limits: LimitStore;
  isUsable(): boolean | Promise<boolean>;
}

export interface PostgresStorageOptions {
  readonly connectionString: string;
  readonly processName: string;
  /** Commits that may be under way at a time. */
  readonly lanes: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** The event log in PostgreSQL. It starts once the database can be reached and has this build's schema. */
export function postgresStorage({ connectionString, processName, lanes, clock, log }: PostgresStorageOptions): Storage {
  const database = new PostgresDatabase({ connectionString, log });
  let isStopped = false;
  return {
    laneStores: Array.from({ length: lanes }, (_, i) => database.openRunStore(`${processName}-lane-${i}`)),
    store: database.openRunStore(processName),
    outbox: database.outbox,
    runIntake: database.openRunIntake(processName),
    runReader: database.reader,
    definitionRegistry: database.definitions,
    secrets: database.secrets,
    payloads: database.payloads,
    limits: database.limits,
    isUsable: () => database.isUsable(),
    async start() {
      await untilAvailable({ clock, log, what: 'reach PostgreSQL', isWanted: () => !isStopped }, () => migrateDatabase(connectionString));
    },
    async stop() {
      isStopped = true;
      await database.close();
    },
  };
}
