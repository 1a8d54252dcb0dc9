import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Log } from '@marathon/core';
import { DataDirectoryInUseError, isServerIn, processStart } from '@marathon/embedded-server';
import pg from 'pg';
import { makeDataDirectory } from '../../test/test-server.js';
import { EmbeddedDatabase } from './embedded-database.js';
import { DataDirectoryVersionError, EmbeddedPostgresError } from './errors.js';

describe('EmbeddedDatabase', () => {
  let dataDirectory: string;
  let database: EmbeddedDatabase;
  let logged: string[];
  const log: Log = {
    info: (message) => logged.push(message),
    warn: (message) => logged.push(message),
    error: (message) => logged.push(message),
  };
  beforeEach(async () => {
    dataDirectory = await makeDataDirectory();
    logged = [];
    database = new EmbeddedDatabase({ dataDirectory, log });
  });
  afterEach(async () => {
    await database.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  const cluster = () => path.join(dataDirectory, 'postgres');
  const postmasterPid = async () => Number((await readFile(path.join(cluster(), 'postmaster.pid'), 'utf8')).split('\n')[0]);

  it('starts from nothing, durable, on this machine only, and keeps its data and address (E5)', async () => {
    await database.start();
    await database.start();
    const [settings] = await query(
      database,
      `select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
              current_setting('synchronous_commit') as synchronous_commit, current_setting('listen_addresses') as addresses`,
    );
    await query(database, 'create table kept as select 42 as answer');
    const address = database.connectionString;
    await database.stop();
    await database.stop();
    expect(await readdir(dataDirectory)).not.toContain('marathon.lock');
    expect(() => database.connectionString).toThrow(EmbeddedPostgresError);

    await database.start();
    expect(database.connectionString).toBe(address);

    expect(settings).toEqual({ fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', addresses: '127.0.0.1' });
    expect(await query(database, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(logged).toEqual([]);
  }, 60_000);

  it('ends what a killed process left behind, and goes on with its data (E2)', async () => {
    const child = spawn(
      process.execPath,
      [
        '--experimental-transform-types',
        '--no-warnings',
        '--import',
        path.join(import.meta.dirname, '../../../../scripts/source-hooks.mjs'),
        path.join(import.meta.dirname, '../../test/embedded-database.child.ts'),
        dataDirectory,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
    );
    const [address] = (await once(child.stdout, 'data')) as [Buffer];
    await query({ connectionString: address.toString().trim() }, 'create table kept as select 42 as answer');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const orphan = await postmasterPid();
    expect(await isServerIn(cluster(), 'postgres', orphan)).toBe(true);

    await database.start();

    expect(await processStart(orphan)).toBeUndefined();
    expect(await query(database, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(logged).toEqual(['ended the PostgreSQL that a killed process left behind']);
  }, 60_000);

  it('does not touch a process that has the id of a server by chance', async () => {
    await database.start();
    const address = database.connectionString;
    await database.stop();
    const bystander = spawn('sleep', ['60']);
    const { port } = new URL(address);
    for (const lock of ['postmaster.pid', `.s.PGSQL.${port}.lock`])
      await writeFile(path.join(cluster(), lock), `${bystander.pid}\n${cluster()}\n`);

    await database.start();

    expect(database.connectionString).toBe(address);

    expect(await processStart(bystander.pid!)).toBeDefined();
    bystander.kill();
  }, 60_000);

  const clientAddress = async (of: { readonly connectionString: string }) =>
    (await query(of, 'select client_addr from pg_stat_activity where pid = pg_backend_pid()'))[0];

  it('is spoken to over its socket, and by tools over TCP', async () => {
    await database.start();
    const address = new URL(database.connectionString);
    address.search = '';

    expect(await clientAddress(database)).toEqual({ client_addr: null });
    expect(await clientAddress({ connectionString: address.href })).toEqual({ client_addr: '127.0.0.1' });
  }, 60_000);

  it('is spoken to over TCP where the path is too long for a socket', async () => {
    const long = new EmbeddedDatabase({ dataDirectory: path.join(dataDirectory, 'a'.repeat(100)), log });
    await long.start();
    const seen = await clientAddress(long);
    await long.stop();

    expect(seen).toEqual({ client_addr: '127.0.0.1' });
  }, 60_000);

  it('refuses a directory that a living process uses, and leaves that one alone (E1)', async () => {
    await database.start();
    const second = new EmbeddedDatabase({ dataDirectory, log });

    await expect(second.start()).rejects.toBeInstanceOf(DataDirectoryInUseError);
    await second.stop();

    expect(await query(database, 'select 1 as one')).toEqual([{ one: 1 }]);
  }, 60_000);

  it('says what is in the way of its directory', async () => {
    const file = path.join(dataDirectory, 'file');
    await writeFile(file, '');
    await expect(new EmbeddedDatabase({ dataDirectory: file, log }).start()).rejects.toMatchObject({
      code: 'MARATHON_EMBEDDED_POSTGRES_FAILED',
      message: expect.stringMatching(/^the data directory .*\/file cannot be used: EEXIST/),
    });
  });

  it('refuses a directory that a newer PostgreSQL wrote, and can be started by it still', async () => {
    await database.start();
    await database.stop();
    const versionFile = path.join(cluster(), 'PG_VERSION');
    const version = await readFile(versionFile, 'utf8');
    await writeFile(versionFile, '99\n');

    const refusal = await database.start().catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(DataDirectoryVersionError);
    expect(refusal).toMatchObject({ foundMajor: 99, supportedMajor: Number(version), message: expect.stringContaining('the newer build') });
    await writeFile(versionFile, version);
    await database.start();
  }, 60_000);

  it('starts the server again, at the same address, when it dies (E3)', async () => {
    await database.start();
    await query(database, 'create table kept as select 42 as answer');
    const killed = await postmasterPid();

    process.kill(killed, 'SIGKILL');

    expect(await eventually(() => query(database, 'select answer from kept'))).toEqual([{ answer: 42 }]);
    expect(await postmasterPid()).not.toBe(killed);
    expect(logged).toContain('PostgreSQL ended unexpectedly and is started again');
  }, 60_000);

  it('leaves no process behind when it is stopped while the server starts again (E4)', async () => {
    await database.start();
    process.kill(await postmasterPid(), 'SIGKILL');

    await database.stop();

    const left = await postmasterPid().catch(() => undefined);
    expect(left === undefined ? false : await isServerIn(cluster(), 'postgres', left)).toBe(false);
  }, 60_000);
});

async function query({ connectionString }: { readonly connectionString: string }, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<pg.QueryResultRow>(text)).rows;
  } finally {
    await client.end();
  }
}

async function eventually<Result>(action: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await action();
    } catch {
      await delay(50);
    }
  }
}
