import { describe, expect, it } from '@jest/globals';
import type { WorkflowDefinition } from '@marathon/core';
import { drop, HostileServer, ignore, json, problem, type Reaction, raw } from '../test/hostile-server.js';
import {
  MarathonApiError,
  MarathonConnectionError,
  UnexpectedAnswerError,
  WorkflowAlreadyOpenError,
  WorkflowNotFoundError,
} from './errors.js';
import { MarathonClient } from './marathon-client.js';

const order: WorkflowDefinition<{ readonly sku: string }, string> = { name: 'order', run: async () => 'done' };
const input = { sku: 'tea' };
const started = { workflowId: 'order-1', runId: 'r1', status: 'Pending' };

describe('a start', () => {
  it('says what was asked for, and gives a handle of the run', async () => {
    await using server = await HostileServer.open(json(201, started));
    const client = new MarathonClient({ url: `${server.url}/`, headers: { authorization: 'Bearer t' } });
    const handle = await client.start(order, {
      input,
      workflowId: 'order-1',
      memo: { by: 'ada' },
      searchAttributes: { amount: 7 },
      runTimeout: '1h',
      startDelay: 500,
      taskQueue: 'orders',
      concurrency: { key: 'ada', limit: 3 },
      rateLimit: { limit: 5, per: 1_000 },
      priority: 1,
      fairnessKey: 'ada',
      idConflict: 'useExisting',
      idempotencyKey: 'k1',
    });
    expect(handle).toMatchObject({ workflowId: 'order-1', runId: 'r1' });
    expect(server.received).toEqual([
      {
        method: 'POST',
        url: '/workflows',
        headers: expect.objectContaining({ authorization: 'Bearer t', 'idempotency-key': 'k1', 'content-type': 'application/json' }),
        body: {
          workflow: 'order',
          input,
          workflowId: 'order-1',
          memo: { by: 'ada' },
          searchAttributes: { amount: 7 },
          runTimeout: '1h',
          startDelay: '500ms',
          taskQueue: 'orders',
          concurrency: { key: 'ada', limit: 3 },
          rateLimit: { limit: 5, per: '1000ms' },
          priority: 1,
          fairnessKey: 'ada',
          idConflict: 'useExisting',
        },
      },
    ]);
  });

  it('is repeated under one key until somebody answers, and another call has another key', async () => {
    const busy = problem(503, 'MARATHON_OVERLOADED');
    await using server = await HostileServer.open(
      drop,
      busy,
      raw(502, '<html>'),
      problem(429, 'X'),
      raw(504, ''),
      json(201, started),
      json(201, started),
    );
    const client = new MarathonClient({ url: server.url });
    expect(await client.start(order, { input })).toMatchObject({ runId: 'r1' });
    await client.start(order, { input });
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys.slice(0, 6))).toHaveProperty('size', 1);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[6]).not.toBe(keys[0]);
  });

  it('is not repeated when the gateway asks for more patience than there is', async () => {
    await using server = await HostileServer.open(raw(503, '', { 'retry-after': '31' }));
    await expect(new MarathonClient({ url: server.url }).start(order, { input })).rejects.toMatchObject({
      status: 503,
      retryAfterMs: 31_000,
    });
    expect(server.received).toHaveLength(1);
  });

  it('ends when its signal aborts, with the reason of that', async () => {
    await using server = await HostileServer.open(raw(503, '', { 'retry-after': '30' }), ignore);
    const abort = new AbortController();
    const reason = new Error('no more interest');
    const client = new MarathonClient({ url: server.url });
    const start = client.start(order, { input, signal: abort.signal });
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(reason);
    await expect(start).rejects.toBe(reason);
    await expect(client.start(order, { input, signal: abort.signal })).rejects.toBe(reason);
    expect(server.received).toHaveLength(1);
  });
});

describe('what is refused', () => {
  const refused = async (reaction: Reaction): Promise<unknown> => {
    await using server = await HostileServer.open(reaction);
    return await new MarathonClient({ url: server.url }).start(order, { input }).catch((error: unknown) => error);
  };

  it('is an error with the code, the fields and the run of the problem', async () => {
    const errors = [{ field: 'input.sku', message: 'must be a string' }];
    const invalid = await refused(problem(400, 'MARATHON_REQUEST_INVALID', { errors }));
    expect(invalid).toBeInstanceOf(MarathonApiError);
    expect(invalid).toMatchObject({ code: 'MARATHON_REQUEST_INVALID', status: 400, errors, message: 'No: input.sku must be a string' });
    const misfit = [{ field: 'input', pointer: '/lines/0/sku', message: 'is required' }];
    const unfit = await refused(problem(400, 'MARATHON_PAYLOAD_INVALID', { errors: misfit }));
    expect(unfit).toMatchObject({ errors: misfit, message: 'No: input/lines/0/sku is required' });
    const open = await refused(problem(409, 'MARATHON_WORKFLOW_ID_IN_USE', { workflowId: 'o', runId: 'r7', runStatus: 'Running' }));
    expect(open).toBeInstanceOf(WorkflowAlreadyOpenError);
    expect(open).toMatchObject({ name: 'WorkflowAlreadyOpenError', workflowId: 'o', runId: 'r7', runStatus: 'Running' });
    expect(await refused(problem(404, 'MARATHON_WORKFLOW_NOT_FOUND'))).toBeInstanceOf(WorkflowNotFoundError);
    const failure = { type: 'Declined', message: 'no money', details: { code: 51 }, cause: { type: 'TypeError', message: 'deeper' } };
    const failed = await refused(problem(500, 'MARATHON_UPDATE_FAILED', { failure }));
    expect(failed).toMatchObject({
      failure,
      cause: { name: 'Declined', message: 'no money', details: { code: 51 }, cause: { name: 'TypeError' } },
    });
  });

  it('by what is no gateway is an error that quotes it', async () => {
    const page = await refused(raw(404, '<html>not here'));
    expect(page).toBeInstanceOf(MarathonApiError);
    expect(page).toMatchObject({ code: 'MARATHON_ANSWER_UNEXPECTED', status: 404, message: 'the answer was 404: <html>not here' });
    const login = await refused(raw(200, '<html>sign in'));
    expect(login).toBeInstanceOf(UnexpectedAnswerError);
    expect(login).toMatchObject({ message: expect.stringContaining('<html>sign in') });
  });
});

describe('a client', () => {
  it('says at once that an address is none', () => {
    for (const url of ['localhost:8080', '', '/api', undefined as unknown as string])
      expect(() => new MarathonClient({ url })).toThrow(/no address of a gateway/);
  });

  it('speaks through the fetch that it is given, also below a path', async () => {
    const urls: string[] = [];
    const send: typeof fetch = async (url) => {
      urls.push(String(url));
      return new Response(JSON.stringify(started));
    };
    await new MarathonClient({ url: 'https://example.com/marathon/?x=1', fetch: send }).start(order, { input });
    expect(urls).toEqual(['https://example.com/marathon/workflows']);
  });

  it('lists runs page by page', async () => {
    const page = (id: string, next?: string) => json(200, { workflows: [{ workflowId: id }], next });
    await using server = await HostileServer.open(page('a', 'c1'), drop, page('b'));
    const ids: string[] = [];
    for await (const { workflowId } of new MarathonClient({ url: server.url }).list({ status: 'Running' })) ids.push(workflowId);
    expect(ids).toEqual(['a', 'b']);
    expect(server.received.map(({ url }) => url)).toEqual([
      '/workflows?status=Running&limit=200',
      '/workflows?status=Running&cursor=c1&limit=200',
      '/workflows?status=Running&cursor=c1&limit=200',
    ]);
  });

  it('tells why nobody could be reached', async () => {
    const unreachable: typeof fetch = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
    const client = new MarathonClient({ url: 'http://127.0.0.1:1', fetch: unreachable });
    const error = await client
      .workflow('order', 'o')
      .cancel()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(MarathonConnectionError);
    expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED'), cause: expect.any(TypeError), retryable: true });
  });
});
