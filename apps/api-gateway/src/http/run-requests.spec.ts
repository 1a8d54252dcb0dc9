import { describe, expect, it } from '@jest/globals';
import { GatewayWorld } from '../../test/gateway-world.js';

describe('POST /workflows/{workflowId}/signals/{name}', () => {
  it('answers 202 when the signal is durable, and nudges the owner', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const answer = await world.request('POST', '/workflows/o/signals/add%2Fitem', { sku: 'B', text: '\u0000\ud800' });
    expect(answer).toMatchObject({ status: 202, body: { workflowId: 'o', runId } });
    const request = { kind: 'signal', n: 1, name: 'add/item', payload: JSON.stringify({ sku: 'B', text: '\u0000\ud800' }) };
    expect((await world.eventLog.runStore.readRequests([{ runId, taken: 0 }])).requests).toMatchObject([{ runId, request }]);
    expect(await world.next('request-accepted')).toMatchObject({ runId, n: 1, request, to: { taskQueue: 'orders' } });
  });

  it.each([
    ['null', 'null'],
    ['"text"', '"text"'],
    ['', undefined],
    [undefined, undefined],
  ])('takes the body %j for the payload %j', async (body, payload) => {
    await using world = await GatewayWorld.open();
    await world.order('o');
    expect((await world.request('POST', '/workflows/o/signals/go', body)).status).toBe(202);
    const { request } = await world.next('request-accepted');
    expect(request).toEqual({ kind: 'signal', n: 1, name: 'go', ...(payload && { payload }) });
  });

  it('numbers the signals of one run in their order', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    await Promise.all([1, 2, 3].map((i) => world.request('POST', '/workflows/o/signals/go', i)));
    const { requests } = await world.eventLog.runStore.readRequests([{ runId, taken: 0 }]);
    expect(requests.map(({ request }) => request.n)).toEqual([1, 2, 3]);
  });

  it('accepts a signal once for an Idempotency-Key, also when the run is closed by then', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const signal = () => world.request('POST', '/workflows/o/signals/go', 1, { 'idempotency-key': 'k' });
    const first = await signal();
    expect(await signal()).toMatchObject({ status: 202, body: first.body });
    expect(await world.request('POST', '/workflows/o/signals/go', 2, { 'idempotency-key': 'k' })).toMatchObject({
      status: 422,
      body: { code: 'MARATHON_IDEMPOTENCY_KEY_REUSED' },
    });
    expect((await world.eventLog.runStore.readRequests([{ runId, taken: 0 }])).requests).toHaveLength(1);
    await world.advance(runId, [
      ['SignalReceived', { n: 1, name: 'go' }],
      ['WorkflowCompleted', {}],
    ]);
    expect(await signal()).toMatchObject({ status: 202, body: first.body });
  });

  it('answers 503, never 202, when the store is unavailable', async () => {
    await using world = await GatewayWorld.open();
    await world.order('o');
    world.eventLog.failNext('request', 'unavailable');
    expect(await world.request('POST', '/workflows/o/signals/go')).toMatchObject({
      status: 503,
      body: { code: 'MARATHON_STORE_UNAVAILABLE' },
    });
  });
});

it.each(['signals/go', 'cancel', 'terminate', 'resume'])('POST %s to a closed run is answered 409 with the run', async (request) => {
  await using world = await GatewayWorld.open();
  const { runId } = await world.order('o');
  await world.advance(runId, [['WorkflowCompleted', {}]]);
  expect(await world.request('POST', `/workflows/o/${request}`)).toMatchObject({
    status: 409,
    body: { code: 'MARATHON_RUN_CLOSED', workflowId: 'o', runId, runStatus: 'Completed' },
  });
});

it.each(['cancel', 'terminate'] as const)('POST %s is recorded with its reason', async (kind) => {
  await using world = await GatewayWorld.open();
  const { runId } = await world.order('o');
  expect(await world.request('POST', `/workflows/o/${kind}`, { reason: 'out of stock' })).toMatchObject({ status: 202, body: { runId } });
  expect(await world.next('request-accepted')).toMatchObject({ request: { kind, n: 1, reason: 'out of stock' } });
  expect(await world.request('POST', `/workflows/o/${kind}`)).toMatchObject({ status: 202 });
  expect(await world.request('POST', `/workflows/o/${kind}`, { why: 1 })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'why' }] },
  });
});

describe('POST /workflows/{workflowId}/resume', () => {
  it('resumes a suspended run', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    await world.advance(runId, [['WorkflowSuspended', { suspension: { reason: 'limit', message: 'm' }, unprocessedFrom: 2 }]], {
      status: 'Suspended',
    });
    expect(await world.request('POST', '/workflows/o/resume')).toMatchObject({ status: 202, body: { workflowId: 'o', runId } });
    expect(await world.next('request-accepted')).toMatchObject({ request: { kind: 'resume', n: 1 } });
  });

  it('answers 409 for a run that is not suspended', async () => {
    await using world = await GatewayWorld.open();
    await world.order('o');
    expect(await world.request('POST', '/workflows/o/resume')).toMatchObject({
      status: 409,
      body: { code: 'MARATHON_RUN_NOT_SUSPENDED', runStatus: 'Pending' },
    });
  });
});
