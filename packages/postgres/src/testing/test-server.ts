import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import type { StoreWorld } from '@marathon/conformance';
import type { Log } from '@marathon/core';
import pg from 'pg';
import { EmbeddedDatabase } from '../embedded/embedded-database.js';
import { migrateDatabase } from '../migrate-database.js';
import { PostgresDatabase } from '../postgres-database.js';

export const silentLog: Log = { info() {}, warn() {}, error() {} };

/** A directory that the server's user can pass, removed by the caller. */
export async function makeDataDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'marathon-test-'));
  await chmod(directory, 0o711);
  return directory;
}

export interface TestServer {
  /** A database of its own, migrated and empty. */
  createDatabase(): Promise<TestDatabase>;
  /** A new database as the suites of the ports see it. */
  createWorld(): Promise<StoreWorld>;
  /** Address of a database that nothing was done to. */
  createEmptyDatabase(): Promise<TestDatabase>;
}

export interface TestDatabase {
  readonly connectionString: string;
  drop(): Promise<void>;
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
  const address = (database: string) => embedded.connectionString.replace(/[^/]+$/, database);
  await migrateDatabase(address('marathon'));
  const admin = new pg.Client({ connectionString: address('postgres') });
  await admin.connect();
  let created = 0;

  const create = async (template: string): Promise<TestDatabase> => {
    created += 1;
    const name = `test_${created}`;
    await admin.query(`create database ${name} template ${template}`);
    return {
      connectionString: address(name),
      drop: async () => {
        await admin.query(`drop database ${name} with (force)`);
      },
    };
  };
  const createDatabase = () => create('marathon');
  return {
    createDatabase,
    createEmptyDatabase: () => create('template1'),
    createWorld: async () => toWorld(await createDatabase()),
    stop: async () => {
      await admin.end();
      await embedded.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function toWorld(database: TestDatabase): StoreWorld {
  const postgres = new PostgresDatabase({ connectionString: database.connectionString, log: silentLog });
  let opened = 0;
  return {
    openRunStore: () => postgres.openRunStore(`store-${++opened}`),
    openRunIntake: () => postgres.openRunIntake(`intake-${++opened}`),
    outbox: postgres.outbox,
    reader: postgres.reader,
    definitions: postgres.definitions,
    close: async () => {
      await postgres.close();
      await database.drop();
    },
  };
}
