import { type Clock, type Log, untilAvailable } from '@marathon/core';
import { migrateDatabase, PostgresDatabase } from '@marathon/postgres';
import type { Storage } from './storage.js';

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
