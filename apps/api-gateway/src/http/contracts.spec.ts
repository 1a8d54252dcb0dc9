import { describe, expect, it, jest } from '@jest/globals';
import type { AnyWorkflowDefinition, ReplyAddress } from '@marathon/core';
import { z } from 'zod';
import { GatewayWorld } from '../../test/gateway-world.js';

const Line = z.object({ sku: z.string(), amount: z.int().min(1), 'a/b': z.enum(['x', 'y']).optional() });

const shop: AnyWorkflowDefinition = {
  name: 'shop',
  run: async () => {},
  input: z.object({ lines: z.array(Line) }),
  signals: [
    { kind: 'signal', name: 'approve', payload: z.strictObject({ by: z.string() }) },
    { kind: 'signal', name: 'note', payload: z.string().optional() },
    { kind: 'signal', name: 'when', payload: z.date() },
    { kind: 'signal', name: 'any' },
  ],
  queries: [
    { kind: 'query', name: 'progress' },
    { kind: 'query', name: 'above', input: z.object({ limit: z.number() }) },
  ],
  updates: [{ kind: 'update', name: 'add-line', input: Line }],
};

async function open(definition = shop): Promise<GatewayWorld> {
  const world = await GatewayWorld.open();
  await world.own('shop', [definition]);
  return world;
}

/** With an open run "s". */
async function openWithRun(definition = shop): Promise<GatewayWorld> {
  const world = await open(definition);
  await startRun(world);
  return world;
}

async function startRun(world: GatewayWorld): Promise<void> {
  expect((await world.request('POST', '/workflows', { workflow: 'shop', workflowId: 's', input: { lines: [] } })).status).toBe(201);
}

async function traces({ eventLog }: GatewayWorld) {
  const run = await eventLog.reader.find('default', 's');
  const stored = (await eventLog.runStore.loadRuns([run?.runId as never])).runs[0];
  return { events: stored?.history.length, requests: stored?.requestsAccepted };
}

const refusal = (errors: readonly object[]) => ({ status: 400, body: { code: 'MARATHON_PAYLOAD_INVALID', errors } });

describe('what a contract refuses', () => {
  it.each([
    [
      {
        lines: [
          { sku: 'tea', amount: 1 },
          { sku: 7, amount: 1 },
        ],
      },
      '/lines/1/sku',
      'must be string',
    ],
    [{ lines: [{ sku: 'tea' }] }, '/lines/0/amount', 'is required'],
    [{ lines: [{ sku: 'tea', amount: 0 }] }, '/lines/0/amount', 'must be >= 1'],
    [{ lines: [{ sku: 'tea', amount: 1, 'a/b': 'z' }] }, '/lines/0/a~1b', 'must be one of "x", "y"'],
    [undefined, '', 'is required'],
    [null, '', 'must be object'],
  ])('is no input to start with: %j', async (input, pointer, message) => {
    await using world = await open();
    const answer = await world.request('POST', '/workflows', { workflow: 'shop', workflowId: 's', input });
    expect(answer).toMatchObject(refusal([{ field: 'input', pointer, message }]));
    expect(answer.body.detail).toBe(`input${pointer} ${message}`);
    expect(await world.eventLog.reader.find('default', 's')).toBeUndefined();
  });

  it('is what nests deeper than its schema can be followed', async () => {
    const Tree: z.ZodType<unknown> = z.lazy(() => z.array(Tree));
    await using world = await open({ name: 'shop', run: async () => {}, input: Tree });
    const deep = 100_000;
    const input = `${'['.repeat(deep)}${']'.repeat(deep)}`;
    const answer = await world.request('POST', '/workflows', `{"workflow":"shop","workflowId":"s","input":${input}}`);
    expect(answer).toMatchObject(refusal([{ field: 'input', message: 'is nested too deep to be checked' }]));
    expect((await world.request('POST', '/workflows', { workflow: 'shop', workflowId: 's', input: [[[]]] })).status).toBe(201);
  });

  it('is no signal, alone or with a start', async () => {
    await using world = await openWithRun();
    expect(await world.request('POST', '/workflows/s/signals/approve', { by: 'ada', at: 1 })).toMatchObject(
      refusal([{ field: 'body', pointer: '/at', message: 'is not known here' }]),
    );
    expect(await world.request('POST', '/workflows/s/signals/note', 7)).toMatchObject(refusal([{ field: 'body', pointer: '' }]));
    const request = { workflow: 'shop', input: { lines: [] }, signal: { name: 'approve', payload: {} } };
    for (const workflowId of ['s', 't']) {
      expect(await world.request('POST', '/workflows', { ...request, workflowId })).toMatchObject(
        refusal([{ field: 'signal.payload', pointer: '/by', message: 'is required' }]),
      );
    }
    expect(await traces(world)).toEqual({ events: 1, requests: 0 });
    expect(await world.eventLog.reader.find('default', 't')).toBeUndefined();
  });

  it('is no query and no update', async () => {
    await using world = await openWithRun();
    expect(await world.request('POST', '/workflows/s/queries/above', { limit: '1' })).toMatchObject(
      refusal([{ field: 'body', pointer: '/limit', message: 'must be number' }]),
    );
    expect(await world.request('POST', '/workflows/s/queries/progres')).toMatchObject({
      status: 404,
      body: { code: 'MARATHON_QUERY_UNKNOWN', names: ['above', 'progress'] },
    });
    expect(await world.request('POST', '/workflows/s/updates/add-line', {})).toMatchObject(refusal([{ field: 'body', pointer: '/sku' }]));
    expect(await world.request('POST', '/workflows/s/updates/add')).toMatchObject({
      status: 404,
      body: { code: 'MARATHON_UPDATE_UNKNOWN', names: ['add-line'] },
    });
    expect(await traces(world)).toEqual({ events: 1, requests: 0 });
  });

  it('is seen within ten seconds of its registration', async () => {
    await using world = await openWithRun({ name: 'shop', run: async () => {} });
    expect((await world.request('POST', '/workflows/s/signals/approve', {})).status).toBe(202);
    await world.own('shop', [shop]);
    world.clock.advanceBy(10_001);
    expect((await world.request('POST', '/workflows/s/signals/approve', {})).status).toBe(400);
    expect(await traces(world)).toEqual({ events: 1, requests: 1 });
  });
});

describe('what a contract does not refuse', () => {
  it.each([
    ['approve', { by: 'ada' }],
    ['note', undefined],
    ['note', '"late"'],
    // Its schema cannot describe itself.
    ['when', '"noon"'],
    ['any', { what: 'ever' }],
    ['aprove', {}],
  ])('is taken: signal %s with %j', async (name, payload) => {
    await using world = await openWithRun();
    expect((await world.request('POST', `/workflows/s/signals/${name}`, payload)).status).toBe(202);
    expect(await traces(world)).toEqual({ events: 1, requests: 1 });
  });

  it('reaches the run: of a workflow that lists none, any query and any update', async () => {
    await using world = await openWithRun({ name: 'shop', run: async () => {}, signals: [] });
    void world.request('POST', '/workflows/s/queries/progress', {});
    expect(await world.next('query-requested')).toMatchObject({ name: 'progress' });
    void world.request('POST', '/workflows/s/updates/add', {});
    expect(await world.next('request-accepted')).toMatchObject({ request: { kind: 'update', name: 'add' } });
  });

  it('is what fits the workflow that a workflow id had last: the run is read once, and again before anything is refused', async () => {
    await using world = await open();
    await world.own('shop', [shop, { name: 'other', run: async () => {}, signals: [] }]);
    await startRun(world);
    const read = jest.spyOn(world.eventLog.reader, 'find');
    const approve = async (payload: object) => (await world.request('POST', '/workflows/s/signals/approve', payload)).status;
    expect([await approve({ by: 'ada' }), await approve({ by: 'bo' })]).toEqual([202, 202]);
    expect(read).toHaveBeenCalledTimes(1);
    expect(await approve({})).toBe(400);
    const run = await world.eventLog.reader.find('default', 's');
    await world.advance(run?.runId as never, [['WorkflowTerminated', {}]]);
    await world.request('POST', '/workflows', { workflow: 'other', workflowId: 's' });
    expect(await approve({})).toBe(202);
  });

  it('is what a schema that makes no sense says', async () => {
    await using world = await open();
    const text = JSON.stringify({ input: { schema: { $ref: '#/$defs/absent', type: 'object' } } });
    const workflows = [{ name: 'shop', contract: { digest: 'd', text } }];
    await world.eventLog.definitions.register({ taskQueue: 'shop', partitions: 2, build: 'b', workflows });
    expect((await world.request('POST', '/workflows', { workflow: 'shop', input: 7 })).status).toBe(201);
  });
});

describe('what was accepted before a contract refuses it', () => {
  const lenient: AnyWorkflowDefinition = { name: 'shop', run: async () => {} };
  const key = { 'idempotency-key': 'k' };
  const misfit = { status: 400, body: { code: 'MARATHON_PAYLOAD_INVALID' } };
  const reused = { status: 422, body: { code: 'MARATHON_IDEMPOTENCY_KEY_REUSED' } };

  /** The contract of a build that comes later. */
  async function tighten(world: GatewayWorld): Promise<void> {
    await world.own('shop', [shop]);
    world.clock.advanceBy(10_001);
  }

  it('is answered as it was when it is started again under its key, open or closed', async () => {
    await using world = await open(lenient);
    const start = (input: unknown, headers?: Record<string, string>) =>
      world.request('POST', '/workflows', { workflow: 'shop', workflowId: 's', input }, headers);
    const first = await start(7, key);
    await tighten(world);

    expect(await start(7, key)).toMatchObject({ status: 201, body: first.body });
    expect(await start(8, key)).toMatchObject(reused);
    await world.advance(first.body.runId as never, [['WorkflowCompleted', {}]]);
    expect(await start(7, key)).toMatchObject({ status: 201, body: { ...first.body, status: 'Completed' } });
    expect(await start(7, { 'idempotency-key': 'new' })).toMatchObject(misfit);
    expect(await start(7)).toMatchObject(misfit);
  });

  it('is answered as it was when its workflow is on another queue, too', async () => {
    await using world = await open(lenient);
    const start = (headers: Record<string, string>) => world.request('POST', '/workflows', { workflow: 'shop', workflowId: 's' }, headers);
    const first = await start(key);
    await world.own('outlet', [lenient]);
    // What it knows of queues is used while it is read again.
    await world.request('POST', '/workflows', { workflow: 'shop', taskQueue: 'outlet' });

    expect(await start(key)).toMatchObject({ status: 201, body: first.body });
    expect(await start({ 'idempotency-key': 'new' })).toMatchObject({ status: 400, body: { errors: [{ field: 'taskQueue' }] } });
  });

  it('is the signal of a start that found its run open, and starts no other when that has closed', async () => {
    await using world = await openWithRun(lenient);
    const start = (payload: unknown, headers: Record<string, string>) =>
      world.request('POST', '/workflows', { workflow: 'shop', workflowId: 's', input: 7, signal: { name: 'approve', payload } }, headers);
    const first = await start({}, key);
    expect(first.status).toBe(200);
    await tighten(world);

    expect(await start({}, key)).toMatchObject({ status: 200, body: first.body });
    expect(await start({ by: 7 }, key)).toMatchObject(reused);
    expect(await start({}, { 'idempotency-key': 'new' })).toMatchObject(misfit);
    expect(await traces(world)).toEqual({ events: 1, requests: 1 });
    await world.advance(first.body.runId as never, [['WorkflowCompleted', {}]]);
    expect(await start({}, key)).toMatchObject({ status: 200, body: { ...first.body, status: 'Completed' } });
    expect(await world.eventLog.reader.find('default', 's')).toMatchObject({ runId: first.body.runId });
  });

  it('is a signal, once', async () => {
    await using world = await openWithRun(lenient);
    const send = (payload: unknown, headers?: Record<string, string>) =>
      world.request('POST', '/workflows/s/signals/approve', payload, headers);
    const first = await send({}, key);
    await tighten(world);

    expect(await send({}, key)).toMatchObject({ status: 202, body: first.body });
    expect(await send({ by: 7 }, key)).toMatchObject(reused);
    expect(await send({}, { 'idempotency-key': 'new' })).toMatchObject(misfit);
    expect(await send({})).toMatchObject(misfit);
    expect(await traces(world)).toEqual({ events: 1, requests: 1 });
  });

  it.each(['add-line', 'gone'])('is the update %s, which gets its answer', async (name) => {
    await using world = await openWithRun(lenient);
    const send = (headers: Record<string, string>) => world.request('POST', `/workflows/s/updates/${name}?wait=1s`, {}, headers);
    const first = send(key);
    await world.next('request-accepted');
    world.clock.advanceBy(1_000);
    expect((await first).status).toBe(202);
    await tighten(world);

    const again = world.request('POST', `/workflows/s/updates/${name}`, {}, key);
    const { runId: of, replyTo: to } = await world.next('update-offered');
    await world.publisher.publish([{ kind: 'run-answered', to, runId: of, outcome: 'declined' }]);
    const { runId, replyTo } = await world.next('update-awaited');
    await world.publisher.publish([{ kind: 'run-answered', to: replyTo as ReplyAddress, runId, outcome: 'completed', seq: 3 }]);
    expect((await again).status).toBe(200);
    expect((await send({ 'idempotency-key': 'new' })).status).toBe(name === 'gone' ? 404 : 400);
    expect(await traces(world)).toEqual({ events: 1, requests: 1 });
  });

  it('is asked about only before something is refused', async () => {
    await using world = await openWithRun();
    const asked = [jest.spyOn(world.eventLog.reader, 'findStarted'), jest.spyOn(world.eventLog.reader, 'hasAccepted')];
    await world.request('POST', '/workflows', { workflow: 'shop', input: { lines: [] } }, key);
    await world.request('POST', '/workflows/s/signals/approve', { by: 'ada' }, key);
    await world.request('POST', '/workflows', { workflow: 'shop', input: 7 });
    await world.request('POST', '/workflows/s/signals/approve', {});
    for (const call of asked) expect(call).not.toHaveBeenCalled();
  });
});
