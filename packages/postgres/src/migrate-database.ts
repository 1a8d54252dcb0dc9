import { MarathonError } from '@marathon/core';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from './connections/data-source.js';
import { toConnectError, toStoreError } from './connections/store-errors.js';

// Any number that all builds share: who holds the lock migrates, the others wait and find nothing to do.
const advisoryLock = 7_246_113_001;

/** The database has migrations that this build does not know. */
export class DatabaseNewerError extends MarathonError {
  readonly code = 'MARATHON_DATABASE_NEWER';

  constructor(readonly unknownMigrations: readonly string[]) {
    super(
      `a newer build wrote this database (it has ${unknownMigrations.join(', ')}, which this build does not know); start that build, or a newer one`,
    );
  }
}

/**
 * Brings the schema up to this build, each migration in a transaction of its own. Any number of processes may call it at once.
 * @returns the names of the migrations that were run.
 * @throws DatabaseNewerError; StoreUnavailableError (retryable) when the database cannot be reached; StatementFailedError.
 */
export async function migrateDatabase(connectionString: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString, application_name: 'marathon-migrate', connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // its loss shows in what follows
  await client.connect().catch((error: unknown) => {
    throw toConnectError(error);
  });
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLock]);
    return await runMigrations(connectionString);
  } catch (error) {
    throw toStoreError({ name: 'migrate' }, error);
  } finally {
    await client.end();
  }
}

async function runMigrations(connectionString: string): Promise<readonly string[]> {
  const dataSource = await createDataSource(connectionString, { poolSize: 1 }).initialize();
  try {
    const known = new Set(dataSource.migrations.map(({ name }) => name));
    const unknown = (await executedMigrations(dataSource)).filter((name) => !known.has(name));
    if (unknown.length > 0) throw new DatabaseNewerError(unknown);
    const executed = await dataSource.runMigrations({ transaction: 'each' });
    return executed.map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}

async function executedMigrations(dataSource: DataSource): Promise<readonly string[]> {
  const { migrationsTableName } = dataSource.options;
  const [table] = await dataSource.query<{ exists: boolean }[]>('select to_regclass($1) is not null as exists', [migrationsTableName]);
  if (!table?.exists) return [];
  const rows = await dataSource.query<{ name: string }[]>(`select name from ${migrationsTableName} order by id`);
  return rows.map(({ name }) => name);
}
