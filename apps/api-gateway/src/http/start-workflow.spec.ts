import { describe, expect, it } from '@jest/globals';
import { type RunRow, shardId } from '@marathon/core';
import { GatewayWorld } from '../../test/gateway-world.js';

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('POST /workflows', () => {
  it('answers 201 when the start is durable, and tells the owner', async () => {
    await using world = await GatewayWorld.open();
    const answer = await world.request('POST', '/workflows', {
      workflow: 'order',
      workflowId: 'order 1/2',
      input: { sku: 'A' },
      memo: { note: 'x' },
      searchAttributes: { customer: 'c', vip: true },
      runTimeout: '1d',
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { workflowId: 'order 1/2', runId: expect.stringMatching(uuidV7), status: 'Pending' },
    });
    expect(answer.headers.location).toBe('/workflows/order%201%2F2');
    const run = await world.eventLog.reader.find('default', 'order 1/2');
    expect(run).toMatchObject({ runId: answer.body.runId, workflow: 'order', taskQueue: 'orders', status: 'Pending' });
    const message = await world.next('run-started');
    expect(message).toMatchObject({ runId: run?.runId, to: { taskQueue: 'orders' } });
    expect(message).not.toHaveProperty('replyTo');
    expect(message.started).toMatchObject({
      seq: 1,
      payload: '{"sku":"A"}',
      data: { workflow: 'order', memo: { note: 'x' }, searchAttributes: { customer: 'c', vip: true }, runTimeoutMs: 86_400_000 },
    });
    expect((await world.eventLog.definitions.readAll()).shards).toContainEqual({ id: run?.shard, ...message.to });
    world.clock.advanceBy(20);
    const { runs } = await world.next('run-events');
    expect(runs).toEqual([{ runId: run?.runId, workflowId: 'order 1/2', workflow: 'order', events: [message.started] }]);
  });

  it('deletes the outbox entry once the owner is told', async () => {
    await using world = await GatewayWorld.open();
    await world.order('order-1');
    await world.next('run-started');
    world.clock.advanceBy(2_000);
    const left = await world.eventLog.outbox.claimEntries({ olderThanMs: 0, claimForMs: 1, limit: 10 });
    expect(left).toEqual([]);
  });

  it.each([
    [{ runTimeout: '1m' }, 60_000],
    [{ startDelay: '5s' }, 5_000],
    [{ runTimeout: '1s', startDelay: '5s' }, 5_000],
  ])('wakes the run of %j after %d ms', async (times, afterMs) => {
    await using world = await GatewayWorld.open();
    await world.request('POST', '/workflows', { workflow: 'order', workflowId: 'o', ...times });
    const { shard, runId } = (await world.eventLog.reader.find('default', 'o')) as RunRow;
    const wakeUps = await world.eventLog.runStore.readWakeUps([shard], Number.MAX_SAFE_INTEGER, 10);
    expect(wakeUps).toEqual([{ runId, shard, atMs: world.clock.now() + afterMs }]);
  });

  it('keeps what it says of limits', async () => {
    await using world = await GatewayWorld.open();
    const limits = { concurrency: { key: 'k', limit: 3 }, priority: 1, fairnessKey: 'ada' };
    const { status } = await world.request('POST', '/workflows', { workflow: 'order', ...limits, rateLimit: { limit: 100, per: '1m' } });
    expect(status).toBe(201);
    const { started } = await world.next('run-started');
    expect(started?.data).toMatchObject({ ...limits, rateLimit: { limit: 100, perMs: 60_000 } });
  });

  it('makes up a workflow id', async () => {
    await using world = await GatewayWorld.open();
    const { body } = await world.request('POST', '/workflows', { workflow: 'order' });
    expect(body.workflowId).toMatch(uuidV7);
  });

  it('gives the same shard to the same workflow id', async () => {
    await using world = await GatewayWorld.open();
    const first = await world.order('order-1');
    await world.advance(first.runId, [['WorkflowCompleted', {}]]);
    expect((await world.order('order-1')).shard).toBe(first.shard);
  });

  it('refuses an id that an open run has, and names the run', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('order-1');
    const answer = await world.request('POST', '/workflows', { workflow: 'order', workflowId: 'order-1' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'MARATHON_WORKFLOW_ID_IN_USE', runId, runStatus: 'Pending' } });
  });

  it('uses the open run when asked to', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('order-1');
    const answer = await world.request('POST', '/workflows', { workflow: 'order', workflowId: 'order-1', idConflict: 'useExisting' });
    expect(answer).toMatchObject({ status: 200, body: { workflowId: 'order-1', runId, status: 'Pending' } });
  });

  it('takes a retry with the same Idempotency-Key for the same start, and refuses another body under it', async () => {
    await using world = await GatewayWorld.open();
    const start = (input: unknown) => world.request('POST', '/workflows', { workflow: 'order', input }, { 'idempotency-key': 'k-1' });
    const first = await start(1);
    const second = await start(1);
    expect(first.status).toBe(201);
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(await start(2)).toMatchObject({ status: 422, body: { code: 'MARATHON_IDEMPOTENCY_KEY_REUSED' } });
  });

  it('answers a retry as at first when its signal went to a run that has closed since, and starts nothing', async () => {
    await using world = await GatewayWorld.open();
    const key = { 'idempotency-key': 'k-1' };
    const start = (payload: unknown, headers?: Record<string, string>) =>
      world.request('POST', '/workflows', { workflow: 'order', workflowId: 'o', signal: { name: 'go', payload } }, headers);
    const opened = await start(0);
    const first = await start(1, key);
    expect(first).toMatchObject({ status: 200, body: { runId: opened.body.runId } });
    await world.advance(opened.body.runId as never, [['WorkflowCompleted', {}]]);
    const repeated = { status: 200, body: { ...first.body, status: 'Completed' } };

    expect(await Promise.all([start(1, key), start(1, key)])).toMatchObject([repeated, repeated]);
    expect(await start(2, key)).toMatchObject({ status: 422, body: { code: 'MARATHON_IDEMPOTENCY_KEY_REUSED' } });
    expect(await world.eventLog.reader.find('default', 'o')).toMatchObject({ runId: opened.body.runId });

    const next = await start(1, { 'idempotency-key': 'k-2' });
    expect(next.status).toBe(201);
    expect(await start(1, key)).toMatchObject(repeated);
    expect(await world.eventLog.reader.find('default', 'o')).toMatchObject({ runId: next.body.runId });
  });

  it('passes __proto__ keys, U+0000 and lone surrogates on as they were sent', async () => {
    await using world = await GatewayWorld.open();
    const input = '{"__proto__":{"admin":true},"constructor":{"prototype":1},"text":"\\u0000\\ud800"}';
    const { status } = await world.request('POST', '/workflows', `{"workflow":"order","workflowId":"o","input":${input}}`);
    expect(status).toBe(201);
    const { started } = await world.next('run-started');
    expect(started?.payload).toBe(input);
    expect((await world.request('GET', '/workflows/o')).text).toContain(`"input":${input}`);
  });

  it('lets the starts of one turn share a commit', async () => {
    const commits: number[] = [];
    const counting = new GatewayWorld().eventLog;
    const shard = { id: shardId(1), taskQueue: 'orders', partition: 0 };
    await using world = await GatewayWorld.open({
      ports: {
        definitionRegistry: {
          readContracts: async () => [],
          readAll: async () => ({ definitions: [{ workflow: 'order', taskQueue: 'orders', build: 'b' }], shards: [shard] }),
        },
        runIntake: {
          start: (source, starts) => {
            commits.push(starts.length);
            return counting.intake.start(source, starts);
          },
          request: (requests) => counting.intake.request(requests),
        },
      },
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.request('POST', '/workflows', { workflow: 'order' })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(commits.length).toBeLessThan(20);
    expect(commits.reduce((sum, count) => sum + count)).toBe(20);
  });

  it.each(['unavailable', 'lost-before', 'lost-after'] as const)('answers 503, never 201, when the store is %s', async (fault) => {
    await using world = await GatewayWorld.open();
    world.eventLog.failNext('start', fault);
    const answer = await world.request('POST', '/workflows', { workflow: 'order' });
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'content-type': expect.stringContaining('application/problem+json') },
    });
    expect(answer.body.code).toMatch(/^MARATHON_(STORE_UNAVAILABLE|COMMIT_OUTCOME_UNKNOWN)$/);
  });
});
