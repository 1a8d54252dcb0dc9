import { describe, expect, it } from '@jest/globals';
import type { SignalDefinition } from '@marathon/core';
import { drop, HostileServer, ignore, json, problem, raw } from '../test/hostile-server.js';
import { MarathonApiError, MarathonConnectionError, ResultTimeoutError, WorkflowFailedError } from './errors.js';
import { MarathonClient } from './marathon-client.js';

const approve: SignalDefinition<{ readonly by: string }> = { kind: 'signal', name: 'approve/now' };
const accepted = json(202, { workflowId: 'a/b', runId: 'r1' });
const handleOf = (server: HostileServer, runId?: string) => new MarathonClient({ url: server.url }).workflow('order', 'a/b', runId);
const outcome = (status: string, more: object = {}) => ({ workflowId: 'a/b', runId: 'r1', workflow: 'order', status, ...more });

describe('a signal', () => {
  it('is repeated under one key until it is accepted', async () => {
    await using server = await HostileServer.open(drop, problem(503, 'MARATHON_COMMIT_OUTCOME_UNKNOWN'), accepted);
    await handleOf(server, 'r1').signal(approve, { by: 'ada' });
    const [first] = server.received;
    expect(first).toMatchObject({ method: 'POST', url: '/workflows/a%2Fb/signals/approve%2Fnow?runId=r1', body: { by: 'ada' } });
    expect(server.received.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(3).fill(first?.headers['idempotency-key']));
  });

  it('may have no payload, and a key of the caller', async () => {
    await using server = await HostileServer.open(accepted);
    await handleOf(server).signal('wake', undefined, { idempotencyKey: 'k' });
    expect(server.received[0]).toMatchObject({ url: '/workflows/a%2Fb/signals/wake', body: undefined });
    expect(server.received[0]?.headers).toMatchObject({ 'idempotency-key': 'k' });
  });
});

describe('a query', () => {
  it('is repeated like other reading, and gives the answer', async () => {
    await using server = await HostileServer.open(drop, problem(503, 'MARATHON_OVERLOADED'), json(200, { result: { done: 2 } }));
    expect(await handleOf(server, 'r1').query('progress', { of: 3 })).toEqual({ done: 2 });
    const { url, body, headers } = server.received[2] ?? {};
    expect([url, body, headers?.['idempotency-key']]).toEqual(['/workflows/a%2Fb/queries/progress?runId=r1', { of: 3 }, undefined]);
  });

  it('is not repeated when the gateway has tried long enough, or the run cannot answer', async () => {
    const unknown = problem(404, 'MARATHON_QUERY_UNKNOWN', { names: ['total'] });
    await using server = await HostileServer.open(problem(503, 'MARATHON_RUN_UNREACHABLE'), unknown);
    await expect(handleOf(server).query('progress')).rejects.toMatchObject({ code: 'MARATHON_RUN_UNREACHABLE' });
    await expect(handleOf(server).query('progress')).rejects.toMatchObject({ problem: { names: ['total'] } });
    expect(server.received).toHaveLength(2);
  });
});

describe('an update', () => {
  it('is sent under one key, and asked after until it is answered', async () => {
    const pending = json(202, { workflowId: 'a/b', runId: 'r1', updateId: 'u1' });
    await using server = await HostileServer.open(drop, pending, drop, pending, json(200, { result: 3 }));
    expect(await handleOf(server).update('add-line', { sku: 'tea' }, { idempotencyKey: 'u1' })).toBe(3);
    expect(server.received.map(({ method, url, headers }) => [method, url, headers['idempotency-key']])).toEqual([
      ...Array(2).fill(['POST', '/workflows/a%2Fb/updates/add-line?wait=25000ms', 'u1']),
      ...Array(3).fill(['GET', '/workflows/a%2Fb/updates/u1?runId=r1&wait=25000ms', undefined]),
    ]);
  });
});

describe('what changes a run without a key', () => {
  it('is sent once, whatever happens', async () => {
    await using server = await HostileServer.open(drop, problem(503, 'MARATHON_OVERLOADED'), drop);
    const handle = handleOf(server);
    await expect(handle.cancel('late')).rejects.toThrow(MarathonConnectionError);
    await expect(handle.terminate()).rejects.toThrow(MarathonApiError);
    await expect(handle.resume()).rejects.toThrow(MarathonConnectionError);
    expect(server.received.map(({ url, body }) => [url, body])).toEqual([
      ['/workflows/a%2Fb/cancel', { reason: 'late' }],
      ['/workflows/a%2Fb/terminate', undefined],
      ['/workflows/a%2Fb/resume', undefined],
    ]);
  });
});

describe('a result', () => {
  it('is waited for again and again, through failures, and is that of the run that was there at first', async () => {
    await using server = await HostileServer.open(
      json(202, outcome('Running')),
      drop,
      raw(503, '', { 'retry-after': '0' }),
      json(202, outcome('Running', { runId: 'r2' })),
      json(200, outcome('Completed', { runId: 'r2', result: { paymentId: 'p1' } })),
    );
    expect(await handleOf(server).result()).toEqual({ paymentId: 'p1' });
    const runIds = server.received.map(({ url }) => new URL(url, server.url).searchParams.get('runId'));
    expect(runIds).toEqual([null, 'r1', 'r1', 'r1', 'r2']);
  });

  it('of undefined is undefined', async () => {
    await using server = await HostileServer.open(json(200, outcome('Completed')));
    expect(await handleOf(server).result()).toBeUndefined();
  });

  it('of a run that failed is an error with what was recorded, and its causes', async () => {
    const failure = { type: 'Declined', message: 'no', details: { code: 51 }, cause: { type: 'RangeError', message: 'too much' } };
    await using server = await HostileServer.open(json(200, outcome('Failed', { failure })), json(200, outcome('Terminated')));
    const error = await handleOf(server)
      .result()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect(error).toMatchObject({ status: 'Failed', runId: 'r1', failure, message: 'workflow "a/b" ended as Failed: Declined: no' });
    expect(error).toMatchObject({ cause: { name: 'Declined', details: { code: 51 }, cause: { name: 'RangeError', message: 'too much' } } });
    await expect(handleOf(server).result()).rejects.toMatchObject({ status: 'Terminated', failure: undefined });
  });

  it('is not waited for longer than was said', async () => {
    await using server = await HostileServer.open(ignore);
    await expect(handleOf(server).result({ timeout: '50ms' })).rejects.toThrow(ResultTimeoutError);
  });

  it('is given up when the signal aborts', async () => {
    await using server = await HostileServer.open(ignore);
    const abort = new AbortController();
    const result = handleOf(server).result({ signal: abort.signal });
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
  });
});

describe('a history', () => {
  it('is read page by page, of one run', async () => {
    const page = (seq: number, next?: number) => json(200, { events: [{ seq }], next });
    await using server = await HostileServer.open(json(200, { runId: 'r1' }), page(6, 6), page(7));
    const seqs: number[] = [];
    for await (const { seq } of handleOf(server).history({ after: 5 })) seqs.push(seq);
    expect(seqs).toEqual([6, 7]);
    expect(server.received.map(({ url }) => url)).toEqual([
      '/workflows/a%2Fb',
      '/workflows/a%2Fb/history?runId=r1&after=5&limit=1000',
      '/workflows/a%2Fb/history?runId=r1&after=6&limit=1000',
    ]);
  });
});
