import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Payload, payloadReference, type TaskMessage } from '@marathon/core';
import { activity, payload, until, WorkerWorld } from '../../test/worker-world.js';
import { tokenOf } from './activity-token.js';

const large = `ü\u0000${'x'.repeat(1_000_000)}`;
const text = payload(large);

/** Where inputs are read and results are brought; the test says what it answers. */
let answer: (request: IncomingMessage, body: string) => readonly [status: number, body?: string];
let server: Server;
let url: string;
let world: WorkerWorld;

beforeEach(async () => {
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const [status, body] = answer(request, Buffer.concat(parts).toString());
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  world = await WorkerWorld.start();
});

afterEach(async () => {
  await world.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const referenceTo = (whole: Payload) =>
  payloadReference({ sha256: createHash('sha256').update(whole).digest('hex'), bytes: Buffer.byteLength(whole) });
const taskWith = (more: Partial<TaskMessage>): TaskMessage => ({ ...world.task(), gatewayUrl: url, tokenKey: 'A'.repeat(66), ...more });
const taskWithInput = () => taskWith({ input: referenceTo(text), inputAddress: `${url}/payloads/input` });

describe('an input that stands elsewhere', () => {
  it('is read from its address, as it is', async () => {
    answer = () => [200, text];
    await world.worker(activity(async (input: string) => input === large));
    await world.send(taskWithInput());
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'completed', result: 'true' });
  });

  it.each([
    ['an expired address', 403, '{"code":"MARATHON_ADDRESS_EXPIRED"}'],
    ['another text', 200, '"another"'],
  ])('that cannot be read (%s) gives the task back, and the code does not run', async (_, status, body) => {
    let runs = 0;
    answer = () => [status, body];
    await world.worker(activity(async () => ++runs));
    await world.send(taskWithInput());
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'handed-back', reason: expect.stringContaining('input') });
    expect(runs).toBe(0);
  });
});

describe('a result that no message can carry', () => {
  it('is brought to the gateway, again until it is taken, and no message is sent', async () => {
    const brought: string[] = [];
    answer = ({ url: path }, body) => [brought.push(`${path} ${body === text}`) < 3 ? 503 : 202];
    const worker = await world.worker(activity(async () => large));
    const task = taskWith({});
    await world.send(task);
    await until(() => {
      world.clock.advanceBy(100);
      return brought.length > 0 && worker.status.running === 0;
    });
    expect(brought).toEqual(Array.from({ length: 3 }, () => `/tokens/${tokenOf(task)}/complete true`));
    expect(world.owner.messages.filter(({ kind }) => kind === 'activity-finished')).toEqual([]);
  });

  it('is of no use any more when the attempt is over', async () => {
    answer = () => [409];
    await world.worker(activity(async () => large));
    await world.send(taskWith({}));
    await until(() => world.stream.done.length === 1);
    expect(world.owner.messages).toEqual([]);
  });

  it('fails the attempt when the gateway refuses it, and where no gateway is known', async () => {
    answer = () => [413];
    await world.worker(activity(async () => large));
    await world.send(taskWith({}));
    const failed = { outcome: 'failed', failure: { type: 'ResultTooLarge', nonRetryable: true } };
    expect(await world.owner.next('activity-finished')).toMatchObject(failed);
    await world.send(world.task());
    expect(await world.owner.next('activity-finished', 2)).toMatchObject(failed);
  });
});
