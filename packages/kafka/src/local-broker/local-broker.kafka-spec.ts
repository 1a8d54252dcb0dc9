import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Log } from '@marathon/core';
import { DataDirectoryInUseError, gone, isServerIn, processStart } from '@marathon/embedded-server';
import { Kafka, logLevel } from 'kafkajs';
import { LocalBrokerError } from './errors.js';
import { LocalBroker } from './local-broker.js';

describe('LocalBroker', () => {
  let dataDirectory: string;
  let broker: LocalBroker;
  let logged: string[];
  const log: Log = {
    info: () => {},
    warn: (message) => logged.push(message),
    error: (message) => logged.push(message),
  };
  beforeEach(async () => {
    dataDirectory = await mkdtemp(path.join(tmpdir(), 'marathon-broker-'));
    logged = [];
    broker = new LocalBroker({ dataDirectory, log });
  });
  afterEach(async () => {
    await broker.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  it('starts from nothing, coordinates groups at once, and keeps what it took at the same address (L3)', async () => {
    await broker.start();
    await broker.start();
    const [address] = broker.brokers;
    await send(broker, 'kept', 'an answer');
    await broker.stop();
    await broker.stop();
    expect(await readdir(dataDirectory)).toEqual(expect.not.arrayContaining(['marathon.lock', 'kafka.pid']));

    await broker.start();

    expect(broker.brokers).toEqual([address]);
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(await readFirst(broker, 'kept')).toBe('an answer');
    expect(logged).toEqual([]);
  }, 120_000);

  it('goes on after a crash, and begins anew without its data', async () => {
    await broker.start();
    await send(broker, 'kept', 'an answer');

    await broker.kill();
    await broker.start();
    expect(await readFirst(broker, 'kept')).toBe('an answer');
    expect(logged).toEqual([]);

    await broker.kill();
    await rm(dataDirectory, { recursive: true });
    await broker.start();
    expect(await topics(broker)).not.toContain('kept');
  }, 120_000);

  it('says when it dies unasked, and can be started again', async () => {
    await broker.start();
    const pid = broker.pid!;
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    await until(() => logged.length > 0);
    expect(broker.pid).toBeUndefined();

    await broker.start();

    expect(logged).toEqual(['Kafka ended unexpectedly']);
    expect(await topics(broker)).toEqual(expect.any(Array));
  }, 120_000);

  it('ends with its parent, also when that is killed (L2)', async () => {
    const parent = startParent(dataDirectory);
    const pid = await parent.brokerPid;

    parent.process.kill('SIGKILL');

    await gone(pid);
    await broker.start();
    expect(broker.pid).not.toBe(pid);
  }, 120_000);

  it('ends what is left of a killed process, and touches no bystander (L2)', async () => {
    await broker.start();
    const orphan = broker.pid!;
    const bystander = spawn('sleep', ['60']);
    await rm(path.join(dataDirectory, 'marathon.lock')); // as if its holder were gone
    const next = new LocalBroker({ dataDirectory, log });

    await next.start();
    expect(await processStart(orphan)).toBeUndefined();
    expect(logged.sort()).toEqual(['Kafka ended unexpectedly', 'ended the Kafka that a killed process left behind']);
    await next.stop();
    await writeFile(path.join(dataDirectory, 'kafka.pid'), `${bystander.pid}\n`);
    await next.start();
    await next.stop();

    expect(await isServerIn(process.cwd(), 'sleep', bystander.pid!)).toBe(true);
    bystander.kill();
  }, 120_000);

  it('refuses a directory that a living process uses (L1)', async () => {
    await broker.start();
    const second = new LocalBroker({ dataDirectory, log });
    await expect(second.start()).rejects.toBeInstanceOf(DataDirectoryInUseError);
    await second.stop();
    expect(await topics(broker)).toEqual(expect.any(Array));
  }, 120_000);

  it('says what is wrong when it cannot start, in the words of the server', async () => {
    await mkdir(path.join(dataDirectory, 'kafka'));
    await expect(broker.start()).rejects.toThrow(/holds no Kafka data/);
    await writeFile(path.join(dataDirectory, 'kafka', 'meta.properties'), 'version=9\n');

    const refusal = await broker.start().catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(LocalBrokerError);
    expect((refusal as Error).message).toMatch(/ended before it was ready; .*version/s);
    expect(() => new LocalBroker({ dataDirectory, log }).brokers).toThrow(LocalBrokerError);
  }, 120_000);

  it.each([
    ['java', 'Java 17 or newer'],
    ['mvn', 'Maven'],
  ])('names what to install where there is no %s', async (tool, name) => {
    const programs = path.join(dataDirectory, 'programs');
    await mkdir(programs);
    if (tool === 'mvn') await writeFile(path.join(programs, 'java'), '#!/bin/sh\necho \'openjdk version "17.0.1"\' >&2\n', { mode: 0o755 });

    const { words } = startParent(dataDirectory, { PATH: programs, XDG_CACHE_HOME: dataDirectory });

    expect(await words).toContain(`MARATHON_LOCAL_BROKER_TOOL_MISSING: a Kafka of one's own needs ${name} (`);
    expect(await words).toContain('install Java 17+ and Maven, or set KAFKA_BROKERS');
  });
});

function client(broker: LocalBroker): Kafka {
  return new Kafka({ clientId: 'test', brokers: [...broker.brokers], logLevel: logLevel.NOTHING });
}

async function send(broker: LocalBroker, topic: string, value: string): Promise<void> {
  const admin = client(broker).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = client(broker).producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ value }] });
  await producer.disconnect();
}

async function topics(broker: LocalBroker): Promise<string[]> {
  const admin = client(broker).admin();
  await admin.connect();
  const found = await admin.listTopics();
  await admin.disconnect();
  return found;
}

/** As the member of a group, without retrying to find its coordinator. */
async function readFirst(broker: LocalBroker, topic: string): Promise<string | undefined> {
  const consumer = client(broker).consumer({ groupId: 'readers', retry: { retries: 0 } });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const value = new Promise<string | undefined>((resolve) => {
    void consumer.run({ autoCommit: false, eachMessage: async ({ message }) => resolve(message.value?.toString()) });
  });
  const read = await value;
  await consumer.disconnect();
  return read;
}

interface Parent {
  readonly process: ChildProcess;
  readonly brokerPid: Promise<number>;
  /** All that it wrote to its standard error. */
  readonly words: Promise<string>;
}

function startParent(dataDirectory: string, environment: Readonly<Record<string, string>> = {}): Parent {
  const child = spawn(
    process.execPath,
    [
      '--experimental-transform-types',
      '--no-warnings',
      '--import',
      path.join(import.meta.dirname, '../../../../scripts/source-hooks.mjs'),
      path.join(import.meta.dirname, '../../test/local-broker.child.ts'),
      dataDirectory,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '', ...environment } },
  );
  return {
    process: child,
    brokerPid: once(child.stdout, 'data').then(([chunk]) => Number(String(chunk))),
    words: text(child.stderr),
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
