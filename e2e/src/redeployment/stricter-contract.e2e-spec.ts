import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { ApiClient } from '../api/api-client.js';
import { SupervisedProcess } from '../system/supervised-process.js';
import { makeTestDirectory } from '../system/test-directory.js';

jest.setTimeout(180_000);

const packageDirectory = path.resolve(import.meta.dirname, '../..');
let directory: string;
let system: SupervisedProcess | undefined;
let api: ApiClient;

beforeEach(() => {
  directory = makeTestDirectory();
});

afterEach(async () => {
  try {
    await stop();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

async function deploy(...build: readonly string[]): Promise<void> {
  await stop();
  system = new SupervisedProcess({
    module: path.join(packageDirectory, 'dist/redeployment/redeployment.main.js'),
    args: ['--data', path.join(directory, 'data'), ...build],
    execArgv: ['--import', '@marathon/guards/register'],
    cwd: packageDirectory,
    logFile: path.join(directory, 'system.log'),
  });
  await system.start();
  api = new ApiClient(system.url);
}

async function stop(): Promise<void> {
  const running = system;
  system = undefined;
  if (running) await api.close();
  await running?.stop();
}

/** A start, a signal and an update, each under a key of its own. */
async function send(key: string) {
  const sent = async (at: string, json: unknown) => {
    const { status, body } = await api.call<object>('POST', `/workflows${at}`, { json, headers: { 'idempotency-key': `${key}:${at}` } });
    return { status, body };
  };
  return [
    await sent('', { workflow: 'e2e.profile', workflowId: 'p', input: { name: '' } }),
    await sent('/p/signals/note', { name: '' }),
    await sent('/p/updates/rename', { name: '' }),
  ];
}

/** Of what tells a status, the one that it tells by now. */
const running = (body: object): object => ('status' in body ? { status: 'Running' } : {});

it('answers what it accepted before its contract became stricter as it did then, does it once, and refuses what is new', async () => {
  await deploy();
  const accepted = await send('known');
  expect(accepted).toMatchObject([{ status: 201 }, { status: 202 }, { status: 200, body: { result: 2 } }]);

  await deploy('--strict');
  expect(await send('known')).toEqual(accepted.map((answer) => ({ ...answer, body: { ...answer.body, ...running(answer.body) } })));
  expect((await send('new')).map(({ status }) => status)).toEqual([400, 400, 400]);

  await api.signal('p', 'close');
  expect((await api.outcome('p')).result).toEqual(['', '']);
  expect((await api.history('p')).map(({ type }) => type)).toEqual([
    'WorkflowStarted',
    'SignalReceived',
    'UpdateReceived',
    'UpdateCompleted',
    'SignalReceived',
    'WorkflowCompleted',
  ]);
});
