import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import type { StoreWorld } from '@marathon/conformance';
import type { Log } from '@marathon/core';
import pg from 'pg';
import { EmbeddedDatabase } from '../src/embedded/embedded-database.js';
import { migrateDatabase } from '../src/migrate-database.js';
import { PostgresDatabase } from '../src/postgres-database.js';

export const silentLog: Log = { info() {}, warn() {}, error() {} };

/** A directory that the server's user can pass, removed by the caller. */
export async function makeDataDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'marathon-test-'));
  await chmod(directory, 0o711);
  return directory;
}

export interface TestServer {
  /** A database that nobody else uses, migrated and without a row. */
  createDatabase(): Promise<TestDatabase>;
  /** The same, as the suites of the ports see it. */
  createWorld(): Promise<StoreWorld>;
  /** A database that was not migrated. */
  createBlankDatabase(): Promise<TestDatabase>;
}

export interface TestDatabase {
  readonly connectionString: string;
  /** Over a connection of its own. */
  query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]>;
  /** Gives it back. Its connections must be closed. */
  release(): Promise<void>;
}

/** One embedded PostgreSQL for all tests of a file; its first database is migrated and serves as the template. */
export function useTestServer(): () => TestServer {
  let server: (TestServer & { stop(): Promise<void> }) | undefined;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
  });
  return () => {
    if (!server) throw new Error('the server runs within tests only');
    return server;
  };
}

async function startTestServer(): Promise<TestServer & { stop(): Promise<void> }> {
  const directory = await makeDataDirectory();
  const embedded = new EmbeddedDatabase({ dataDirectory: directory, log: silentLog });
  await embedded.start();
  const address = (database: string) => Object.assign(new URL(embedded.connectionString), { pathname: database }).href;
  await migrateDatabase(address('marathon'));
  const admin = new pg.Client({ connectionString: address('postgres') });
  await admin.connect();
  let created = 0;
  const clone = async (template: string): Promise<string> => {
    const name = `test_${++created}`;
    await admin.query(`create database ${name} template ${template}`);
    return address(name);
  };
  // Emptying a database takes a millisecond, cloning one a hundred.
  const emptied: string[] = [];
  const createDatabase = async (): Promise<TestDatabase> => {
    const connectionString = emptied.pop() ?? (await clone('marathon'));
    return {
      ...toDatabase(connectionString),
      release: async () => {
        await deleteAllRows(connectionString);
        emptied.push(connectionString);
      },
    };
  };
  return {
    createDatabase,
    createBlankDatabase: async () => toDatabase(await clone('template1')),
    createWorld: async () => toWorld(await createDatabase()),
    stop: async () => {
      await admin.end();
      await embedded.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function toDatabase(connectionString: string): TestDatabase {
  return {
    connectionString,
    query: async <Row extends pg.QueryResultRow>(text: string) => {
      const client = new pg.Client({ connectionString });
      await client.connect();
      try {
        return (await client.query<Row>(text)).rows;
      } finally {
        await client.end();
      }
    },
    release: async () => undefined,
  };
}

/** But for what migrations wrote. */
async function deleteAllRows(connectionString: string): Promise<void> {
  const { query } = toDatabase(connectionString);
  const tables = await query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_name not in ('schema_migrations', 'secrets')`,
  );
  await query(tables.map(({ name }) => `delete from ${name}`).join(';'));
}

/** Closing it gives the database back. */
export function toWorld(database: TestDatabase): StoreWorld {
  const postgres = new PostgresDatabase({ connectionString: database.connectionString, log: silentLog });
  let opened = 0;
  return {
    openRunStore: () => postgres.openRunStore(`store-${++opened}`),
    openRunIntake: () => postgres.openRunIntake(`intake-${++opened}`),
    outbox: postgres.outbox,
    reader: postgres.reader,
    definitions: postgres.definitions,
    secrets: postgres.secrets,
    payloads: postgres.payloads,
    limits: postgres.limits,
    close: async () => {
      await postgres.close();
      await database.release();
    },
  };
}
