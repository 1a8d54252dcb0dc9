import { describe, expect, it, jest } from '@jest/globals';
import type { AnyWorkflowDefinition } from '@marathon/core';
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

async function started(world: GatewayWorld) {
  expect((await world.request('POST', '/workflows', { workflow: 'shop', workflowId: 's', input: { lines: [] } })).status).toBe(201);
  return async () => {
    const run = await world.eventLog.reader.find('default', 's');
    const [stored] = await world.eventLog.runStore.loadRuns([run?.runId as never]);
    return { events: stored?.history.length, requests: stored?.requestsAccepted };
  };
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
    await using world = await open();
    const traces = await started(world);
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
    expect(await traces()).toEqual({ events: 1, requests: 0 });
    expect(await world.eventLog.reader.find('default', 't')).toBeUndefined();
  });

  it('is no query and no update', async () => {
    await using world = await open();
    const traces = await started(world);
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
    expect(await traces()).toEqual({ events: 1, requests: 0 });
  });

  it('is seen within ten seconds of its registration', async () => {
    await using world = await open({ name: 'shop', run: async () => {} });
    const traces = await started(world);
    expect((await world.request('POST', '/workflows/s/signals/approve', {})).status).toBe(202);
    await world.own('shop', [shop]);
    world.clock.advanceBy(10_001);
    expect((await world.request('POST', '/workflows/s/signals/approve', {})).status).toBe(400);
    expect(await traces()).toEqual({ events: 1, requests: 1 });
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
    await using world = await open();
    const traces = await started(world);
    expect((await world.request('POST', `/workflows/s/signals/${name}`, payload)).status).toBe(202);
    expect(await traces()).toEqual({ events: 1, requests: 1 });
  });

  it('reaches the run: of a workflow that lists none, any query and any update', async () => {
    await using world = await open({ name: 'shop', run: async () => {}, signals: [] });
    await started(world);
    void world.request('POST', '/workflows/s/queries/progress', {});
    expect(await world.next('query-requested')).toMatchObject({ name: 'progress' });
    void world.request('POST', '/workflows/s/updates/add', {});
    expect(await world.next('request-accepted')).toMatchObject({ request: { kind: 'update', name: 'add' } });
  });

  it('is what fits the workflow that a workflow id had last: the run is read once, and again before anything is refused', async () => {
    await using world = await open();
    await world.own('shop', [shop, { name: 'other', run: async () => {}, signals: [] }]);
    await started(world);
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
