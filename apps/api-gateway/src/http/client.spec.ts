import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MarathonClient, WorkflowAlreadyOpenError, WorkflowFailedError, WorkflowNotFoundError } from '@marathon/client';
import type { RunId, SignalDefinition, WorkflowDefinition } from '@marathon/core';
import { GatewayWorld } from '../../test/gateway-world.js';

const order: WorkflowDefinition<{ readonly sku: string }, { readonly paymentId: string }> = {
  name: 'order',
  run: async () => ({ paymentId: 'p1' }),
};
const approve: SignalDefinition<{ readonly by: string }> = { kind: 'signal', name: 'approve' };
const input = { sku: 'tea' };

describe('the client, against a gateway', () => {
  let world: GatewayWorld;
  let client: MarathonClient;
  beforeEach(async () => {
    world = await GatewayWorld.open();
    await world.app.listen(0, '127.0.0.1');
    client = new MarathonClient({ url: await world.app.getUrl() });
  });
  afterEach(() => world[Symbol.asyncDispose]());

  it('starts a run once, however often it says so under one key', async () => {
    const options = {
      input,
      workflowId: 'o/1',
      idempotencyKey: 'k',
      memo: { by: 'ada' },
      searchAttributes: { amount: 7 },
      runTimeout: '1h',
    } as const;
    const first = await client.start(order, options);
    expect(await client.start(order, options)).toMatchObject({ workflowId: 'o/1', runId: first.runId });
    const more = { workflow: 'order', status: 'Pending', input, memo: { by: 'ada' }, searchAttributes: { amount: 7 } };
    expect(await first.describe()).toMatchObject({ runId: first.runId, ...more });
    await expect(client.start(order, { input, workflowId: 'o/1' })).rejects.toMatchObject({ runId: first.runId, runStatus: 'Pending' });
    await expect(client.start(order, { input, workflowId: 'o/1' })).rejects.toThrow(WorkflowAlreadyOpenError);
    expect(await client.start(order, { input, workflowId: 'o/1', idConflict: 'useExisting' })).toMatchObject({ runId: first.runId });
  });

  it('sends signals and requests that an owner takes', async () => {
    const handle = await client.start(order, { input });
    await handle.signal(approve, { by: 'ada' });
    await handle.cancel('late');
    await handle.terminate();
    for (const request of [
      { kind: 'signal', name: 'approve', payload: '{"by":"ada"}' },
      { kind: 'cancel', reason: 'late' },
      { kind: 'terminate' },
    ])
      expect(await world.next('request-accepted')).toMatchObject({ runId: handle.runId, request });
    await expect(handle.resume()).rejects.toMatchObject({ code: 'MARATHON_RUN_NOT_SUSPENDED', status: 409 });
    await expect(client.workflow(order, 'unheard-of').cancel()).rejects.toThrow(WorkflowNotFoundError);
  });

  it('gets results, of runs that end while it waits as well', async () => {
    const first = await client.start(order, { input });
    await world.advance(first.runId as RunId, [['WorkflowCompleted', {}, { paymentId: 'p1' }]]);
    expect((await first.result()).paymentId).toBe('p1');
    const second = await client.start(order, { input });
    const result = second.result();
    const asked = await world.next('result-awaited');
    const failure = { type: 'Declined', message: 'no' };
    await world.publisher.publish([{ kind: 'run-closed', to: asked.replyTo, runId: asked.runId, status: 'Failed', failure }]);
    await expect(result).rejects.toThrow(WorkflowFailedError);
  });

  it('follows events to the end, and reads histories and lists', async () => {
    const handle = await client.start(order, { input, workflowId: 'o' });
    await world.advance(handle.runId as RunId, [
      ['SignalReceived', { n: 1, name: 'ü🦊' }],
      ['WorkflowCompleted', {}, 'done'],
    ]);
    const expected = [
      [1, 'WorkflowStarted'],
      [2, 'SignalReceived'],
      [3, 'WorkflowCompleted'],
    ];
    const latest = client.workflow(order, 'o');
    for (const source of [handle.events(), latest.events(), handle.history(), latest.history()]) {
      const seen: unknown[] = [];
      for await (const { seq, type } of source) seen.push([seq, type]);
      expect(seen).toEqual(expected);
    }
    for await (const _ of handle.events({ after: 3 })) throw new Error('there is nothing after the last event');
    const listed: string[] = [];
    for await (const { workflowId } of client.list({ workflow: 'order', status: 'Completed' })) listed.push(workflowId);
    expect(listed).toEqual(['o']);
    expect(await client.count({ q: 'status = "Completed"' })).toEqual({ count: 1, isExact: true });
    expect((await client.count({ groupBy: 'status' })).groups).toEqual([{ value: 'Completed', count: 1 }]);
    await expect(client.list({ q: 'status = ' }).next()).rejects.toMatchObject({ status: 400, errors: [{ field: 'q' }] });
    for await (const { status } of client.list({ q: 'workflow = "order"' })) expect(status).toBe('Completed');
  });
});
