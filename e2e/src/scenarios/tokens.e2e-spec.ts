import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

interface HandedOut {
  readonly token: string;
  readonly attempt: number;
  readonly heartbeatDetails?: unknown;
}

/** Somebody outside, who is given tokens: by run, those that came and those that are waited for. */
class Outsider {
  private readonly server: Server = createServer((request, answer) => {
    let text = '';
    request.on('data', (part: Buffer) => {
      text += part.toString();
    });
    request.on('end', () => {
      answer.end();
      this.queueOf(request.url ?? '').give(JSON.parse(text) as HandedOut);
    });
  });
  private readonly queues = new Map<string, Queue>();

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** A run of the fixture, and its tokens as they come. */
  async start(input: object = {}, runTimeout?: string, workflow = 'e2e.deferred') {
    const place = `/${crypto.randomUUID()}`;
    const handOutTo = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${place}`;
    const run = await system.api.started(workflow, { ...input, handOutTo }, runTimeout === undefined ? {} : { runTimeout });
    return { ...run, next: () => this.queueOf(place).next() };
  }

  private queueOf(place: string): Queue {
    const queue = this.queues.get(place) ?? new Queue();
    this.queues.set(place, queue);
    return queue;
  }
}

class Queue {
  private readonly given: HandedOut[] = [];
  private wanted: ((item: HandedOut) => void)[] = [];

  give(item: HandedOut): void {
    const taker = this.wanted.shift();
    if (taker) taker(item);
    else this.given.push(item);
  }

  next(): Promise<HandedOut> {
    const item = this.given.shift();
    return item ? Promise.resolve(item) : new Promise((resolve) => this.wanted.push(resolve));
  }
}

const outsider = new Outsider();
beforeAll(() => outsider.open());
afterAll(() => outsider.close());

const post = (token: string, verb: string, json?: unknown) =>
  system.api.call('POST', `/tokens/${token}/${verb}`, json === undefined ? {} : { json });

describe('an activity that hands out its token', () => {
  it('is completed from outside, long after its code has ended', async () => {
    const { workflowId, next } = await outsider.start();
    const { token } = await next();
    await system.api.event(workflowId, 'ActivityDeferred');
    expect((await system.api.describe(workflowId)).pending.activities).toMatchObject([{ state: 'deferred', attempt: 1 }]);

    expect(await post(token, 'complete', { signedBy: 'ada' })).toMatchObject({ status: 202, body: { workflowId } });

    expect((await system.api.outcome(workflowId)).result).toEqual({ result: { signedBy: 'ada' } });
  });

  it('is completed by an outcome that comes before the word that it will', async () => {
    const { workflowId, next } = await outsider.start({ activity: 'e2e.slow-to-defer' });
    const { token } = await next();
    expect((await post(token, 'complete', 1)).status).toBe(202);
    expect((await system.api.outcome(workflowId)).result).toEqual({ result: 1 });
  });

  it('holds no slot of its worker: more wait at once than a worker may run', async () => {
    const runs = await Promise.all(Array.from({ length: 150 }, () => outsider.start()));
    const tokens = await Promise.all(runs.map(({ next }) => next()));
    await Promise.all(tokens.map(({ token }, n) => post(token, 'complete', n)));
    const outcomes = await Promise.all(runs.map(({ workflowId }) => system.api.outcome(workflowId)));
    expect(outcomes.map(({ result }) => result)).toEqual(runs.map((_, n) => ({ result: n })));
  });

  it('has one outcome: the same one again is the same, another is refused', async () => {
    const { workflowId, next } = await outsider.start();
    const { token } = await next();
    const answers = await Promise.all([post(token, 'complete', 'yes'), post(token, 'complete', 'yes'), post(token, 'complete', 'yes')]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await post(token, 'complete', 'no')).toMatchObject({ status: 409, body: { code: 'MARATHON_ATTEMPT_OVER', workflowId } });
    expect((await system.api.outcome(workflowId)).result).toEqual({ result: 'yes' });
    expect((await post(token, 'complete', 'yes')).status).toBe(202);
    expect(await post(token, 'fail', { type: 'E', message: 'm' })).toMatchObject({
      status: 409,
      body: { detail: 'the activity has completed' },
    });
  });

  it('is one of the items of a map', async () => {
    const { workflowId, next } = await outsider.start({ count: 3 }, undefined, 'e2e.deferred-map');
    const handedOut = [await next(), await next(), await next()];
    for (const { token } of handedOut) expect((await post(token, 'complete', 'done')).status).toBe(202);
    expect((await system.api.outcome(workflowId)).result).toEqual(['done', 'done', 'done']);
    expect(await post(handedOut[0]!.token, 'complete', 'other')).toMatchObject({ status: 409 });
  });

  it('is an item of a map that is tried again, with a token for each attempt', async () => {
    const { workflowId, next } = await outsider.start({ count: 1 }, undefined, 'e2e.deferred-map');
    const first = await next();
    expect((await post(first.token, 'fail', { type: 'Busy', message: 'later' })).status).toBe(202);
    const second = await next();
    expect((await post(first.token, 'heartbeat')).status).toBe(409);
    expect((await post(second.token, 'heartbeat')).status).toBe(202);
    expect((await post(second.token, 'fail', { type: 'Declined', message: 'no', nonRetryable: true })).status).toBe(202);
    expect(await system.api.outcome(workflowId)).toMatchObject({ status: 'Failed' });
  });

  it('fails from outside, and is tried again by its retry policy with a token of its own', async () => {
    const { workflowId, next } = await outsider.start({ options: { retry: { initialInterval: '10ms' } } });
    const first = await next();
    expect((await post(first.token, 'fail', { type: 'Busy', message: 'later' })).status).toBe(202);
    const second = await next();
    expect(second).toMatchObject({ attempt: 2 });
    expect(second.token).not.toBe(first.token);
    const failure = { type: 'Declined', message: 'no', details: { code: 51 }, nonRetryable: true };
    expect((await post(second.token, 'fail', failure)).status).toBe(202);
    const { result } = await system.api.outcome(workflowId);
    expect(result).toMatchObject({ code: 'MARATHON_ACTIVITY_FAILED', failure: { type: 'Declined', message: 'no' }, attempt: 2 });
  });

  it('is completed by the token of an earlier attempt while it is open', async () => {
    const { workflowId, next } = await outsider.start({ options: { startToCloseTimeout: '500ms', retry: { initialInterval: '10ms' } } });
    const first = await next();
    await next();
    expect(await post(first.token, 'heartbeat')).toMatchObject({ status: 409 });
    expect((await post(first.token, 'complete', 'first')).status).toBe(202);
    expect((await system.api.outcome(workflowId)).result).toEqual({ result: 'first' });
  });

  it('runs out of its time when nobody brings an outcome, and says so to who comes too late', async () => {
    const { workflowId, next } = await outsider.start({ options: { startToCloseTimeout: '200ms', retry: { attemptsMax: 1 } } });
    const { token } = await next();
    expect((await system.api.outcome(workflowId)).result).toMatchObject({ code: 'MARATHON_ACTIVITY_TIMED_OUT' });
    expect(await post(token, 'complete')).toMatchObject({ status: 409, body: { detail: 'the activity ran out of its startToClose time' } });
  });

  it('hands what was reported last to the attempt that follows', async () => {
    const { workflowId, next } = await outsider.start({ options: { retry: { initialInterval: '10ms' } } });
    const first = await next();
    await system.api.event(workflowId, 'ActivityDeferred');
    expect((await post(first.token, 'heartbeat', { page: 7 })).status).toBe(202);
    await post(first.token, 'fail', { type: 'Busy', message: 'later' });
    const second = await next();
    expect(second).toMatchObject({ attempt: 2, heartbeatDetails: { page: 7 } });
    await post(second.token, 'complete');
    await system.api.outcome(workflowId);
  });

  it('is given up by a cancellation of its run, and who comes then is told', async () => {
    const { workflowId, next } = await outsider.start();
    const { token } = await next();
    await system.api.event(workflowId, 'ActivityDeferred');
    await system.api.cancel(workflowId);
    expect((await system.api.outcome(workflowId)).status).toBe('Canceled');
    expect(await post(token, 'complete')).toMatchObject({ status: 409, body: { detail: 'the activity was canceled' } });
  });

  it('says that its run is closed, when it was terminated', async () => {
    const { workflowId, next } = await outsider.start();
    const { token } = await next();
    await system.api.event(workflowId, 'ActivityDeferred');
    await system.api.terminate(workflowId);
    await system.api.outcome(workflowId);
    expect(await post(token, 'complete')).toMatchObject({ status: 409, body: { code: 'MARATHON_RUN_CLOSED', runStatus: 'Terminated' } });
  });

  it('has a token that nobody can guess or change', async () => {
    const { workflowId, next } = await outsider.start();
    const { token } = await next();
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
    for (const forged of ['guess', token.slice(0, -1), `${token.slice(0, -2)}${token.at(-2) === 'A' ? 'B' : 'A'}${token.at(-1)}`]) {
      expect(await post(forged, 'complete')).toMatchObject({ status: 404, body: { code: 'MARATHON_TOKEN_UNKNOWN' } });
    }
    expect((await post(token, 'complete')).status).toBe(202);
    expect((await system.api.outcome(workflowId)).result).toEqual({});
  });
});
