import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { brokenPromises } from './broken-promises.js';
import { CrashingSystem } from './crashing-system.js';
import { EmbeddedData } from './embedded-data.js';
import { eventually } from './eventually.js';
import { Promises } from './evidence.js';
import { PersistentClient } from './persistent-client.js';
import { WorkflowClient } from './scenarios.js';

const runCount = 200;
const timeoutMs = 240_000;

/** Each run has activities, steps and a timer. */
const kinds = [
  ['crash.sequence', { count: 3 }, 6],
  ['crash.steps', { count: 4 }, [1, 4, 9, 16]],
  ['crash.timers', undefined, 'awake'],
  ['crash.fan-out', { count: 3 }, [0, 1, 2]],
] as const;

describe(`the process with its own PostgreSQL, killed in the middle of ${runCount} runs`, () => {
  let data: EmbeddedData;
  let system: CrashingSystem;
  let promises: Promises;

  beforeEach(async () => {
    data = new EmbeddedData();
    promises = new Promises();
    system = new CrashingSystem({ args: () => ['--data', data.dataDirectory], logFile: path.join(data.directory, 'system.log') });
    await system.start();
  }, timeoutMs);

  afterEach(async () => {
    await system.stop();
    data.remove();
  }, timeoutMs);

  it(
    'finishes all of them when it is started again, on the server that it had left behind',
    async () => {
      const started = startAll();
      await someAreClosed();
      await system.kill();
      const orphan = data.serverPid;
      const [left] = await data.read<{ open: number }>('select count(*)::int as open from workflow_runs where closed_at is null');
      expect(left?.open).toBeGreaterThan(0);
      await system.start();
      await started;
      await expectAllKept();
      expect(data.serverPid).not.toBe(orphan);
    },
    timeoutMs,
  );

  it(
    'finishes all of them when PostgreSQL was killed too',
    async () => {
      const started = startAll();
      await someAreClosed();
      process.kill(data.serverPid, 'SIGKILL');
      await system.kill();
      await system.start();
      await started;
      await expectAllKept();
    },
    timeoutMs,
  );

  it(
    'goes on by itself when PostgreSQL alone was killed',
    async () => {
      const started = startAll();
      await someAreClosed();
      process.kill(data.serverPid, 'SIGKILL');
      await started;
      await eventually(expectAllKept);
      expect(process.kill(system.pid, 0)).toBe(true);
    },
    timeoutMs,
  );

  async function startAll(): Promise<void> {
    const client = new PersistentClient(() => system.url);
    const starts = Array.from({ length: runCount }, (_, i) => {
      const [workflow, input, result] = kinds[i % kinds.length] as (typeof kinds)[number];
      return new WorkflowClient(client, promises, `run-${i}`).start(workflow, input, { status: 'Completed', result });
    });
    await Promise.all(starts);
  }

  async function someAreClosed(): Promise<void> {
    for (let closed = 0; closed < runCount / 10; await delay(5)) {
      const [row] = await data.read<{ closed: number }>('select count(*)::int as closed from workflow_runs where closed_at is not null');
      closed = row?.closed ?? 0;
    }
  }

  async function expectAllKept(): Promise<void> {
    expect(promises.starts).toHaveLength(runCount);
    expect(await brokenPromises(data, promises)).toEqual([]);
  }
});
