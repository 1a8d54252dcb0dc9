import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { MarathonClient, WorkflowAlreadyOpenError, WorkflowFailedError, WorkflowNotFoundError } from '@marathon/client';
import { query, signal } from '@marathon/workflow';
import { freshId } from '../api/api-client.js';
import { refund } from '../fixtures/workflows/approvals.workflows.js';
import { failing } from '../fixtures/workflows/basics.workflows.js';
import type { insisting } from '../fixtures/workflows/cancellation.workflows.js';
import type { QuotingWorkflow } from '../fixtures/workflows/provided.workflows.js';
import { collect, filing } from '../fixtures/workflows/signals.workflows.js';
import { countdown } from '../fixtures/workflows/successors.workflows.js';
import { useSystem } from '../system/use-system.js';

const above = query<readonly number[], { readonly limit: number }>('above');
const item = signal<number>('item');

const system = useSystem();
let client: MarathonClient;
beforeAll(() => {
  client = new MarathonClient({ url: system.api.url });
});

describe('the typed client', () => {
  it('starts a workflow by its definition, signals it and gets what it returns', async () => {
    const handle = await client.start(filing, { input: { generations: 0 } });
    for (const n of [1, 2, 3]) await handle.signal(item, n);
    await handle.signal('done');
    expect((await handle.result()) satisfies number).toBeLessThanOrEqual(3);
  });

  it('starts a workflow by its name and the type of its class', async () => {
    const handle = await client.start<QuotingWorkflow>('e2e.quoting', { input: { skus: ['tea'] } });
    expect((await handle.result()).totalCents).toBe(450);
  });

  it('starts once what is started twice under one key, and refuses an id that is in use', async () => {
    const options = { input: { generations: 0 }, workflowId: freshId('client'), idempotencyKey: freshId('key') };
    const [first, second] = await Promise.all([client.start(filing, options), client.start(filing, options)]);
    expect(second.runId).toBe(first.runId);
    const refused = client.start(filing, { input: { generations: 0 }, workflowId: first.workflowId });
    await expect(refused).rejects.toThrow(WorkflowAlreadyOpenError);
    await first.terminate('done with it');
    await expect(first.result()).rejects.toMatchObject({ status: 'Terminated' });
  });

  it('signals with a start: the open run of the id, or a new one', async () => {
    const options = { input: { name: 'item', count: 2 }, workflowId: freshId('client') };
    const [first, second] = [
      await client.signalWithStart(collect, 'item', 'a', options),
      await client.signalWithStart(collect, 'item', 'b', options),
    ];
    expect(second.runId).toBe(first.runId);
    expect(await first.result()).toEqual(['a', 'b']);
  });

  it('takes one signal of those that were sent under one key', async () => {
    const handle = await client.start('e2e.collect', { input: { name: 'item', count: 2 } });
    for (const payload of ['a', 'a', 'b']) await handle.signal('item', payload, { idempotencyKey: `key-${payload}` });
    expect(await handle.result()).toEqual(['a', 'b']);
  });

  it('asks the code of a run, and why it does not go on', async () => {
    const handle = await client.start('e2e.adding');
    await handle.signal('add', 7);
    expect(await handle.query(above, { limit: 2 })).toEqual([7]);
    expect(await handle.why()).toMatchObject({ runId: handle.runId, waits: expect.any(Array) });
    await expect(handle.query('unheard-of')).rejects.toMatchObject({
      code: 'MARATHON_QUERY_UNKNOWN',
      problem: { names: expect.any(Array) },
    });
    await handle.terminate();
  });

  it('tells how a run failed, with its causes', async () => {
    const error = await (await client.start(failing, { input: { message: 'no tea' } })).result().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect(error).toMatchObject({
      status: 'Failed',
      cause: { name: 'OutOfStock', message: 'no tea', details: { sku: 'tea', left: 0 }, cause: { name: 'RangeError' } },
    });
  });

  it('waits for the last of the runs that continue as new, and follows the events of one', async () => {
    const handle = await client.start(countdown, { input: { left: 2 } });
    expect(await handle.result()).toEqual({ done: true, value: 0 });
    const types: string[] = [];
    for await (const { type } of handle.events()) types.push(type);
    expect(types.at(0)).toBe('WorkflowStarted');
    expect(types.at(-1)).toBe('WorkflowContinuedAsNew');
    const recorded: string[] = [];
    for await (const { type } of handle.history()) recorded.push(type);
    expect(recorded).toEqual(types);
  });

  it('answers what a run asks a person', async () => {
    const assignee = freshId('person');
    const handle = await client.start(refund, { input: { assignee } });
    const asked = async () => {
      for await (const approval of client.approvals({ assignee })) return approval;
      return undefined;
    };
    for await (const { type } of handle.events()) if (type === 'ActivityScheduled') break;
    const { id } = (await asked()) as { readonly id: string };
    expect(await client.approval(id)).toMatchObject({ status: 'open', workflowId: handle.workflowId, schema: { type: 'object' } });
    await expect(client.answerApproval(id, { approved: 'yes' })).rejects.toMatchObject({ code: 'MARATHON_PAYLOAD_INVALID' });
    await client.answerApproval(id, { approved: true }, { answeredBy: 'ada' });
    expect(await handle.result()).toEqual({ approved: true });
    expect(await asked()).toBeUndefined();
  });

  it('brings what an activity that handed out its token comes to', async () => {
    const outside = createServer();
    await once(outside.listen(0, '127.0.0.1'), 'listening');
    const handOutTo = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    const handedOut = async () => {
      const [request, answer] = (await once(outside, 'request')) as [IncomingMessage, ServerResponse];
      const { token } = (await json(request)) as { readonly token: string };
      answer.end();
      return token;
    };
    const first = handedOut();
    const handle = await client.start('e2e.deferred', { input: { handOutTo, options: { retry: { initialInterval: 1 } } } });
    await client.heartbeatActivity(await first, { page: 1 });
    const second = handedOut();
    await client.failActivity(await first, new RangeError('not yet'));
    await client.completeActivity(await second, { signedBy: 'ada' });
    expect(await handle.result()).toEqual({ result: { signedBy: 'ada' } });
    await expect(client.completeActivity(await first, 'late')).rejects.toMatchObject({ code: 'MARATHON_ATTEMPT_OVER' });
    outside.closeAllConnections();
    outside.close();
  });

  it('follows a run while it goes on, asks it to cancel, and finds it by its id', async () => {
    const { workflowId } = await client.start<typeof insisting>('e2e.insisting', { workflowId: freshId('client') });
    const handle = client.workflow<typeof insisting>('e2e.insisting', workflowId);
    const types: string[] = [];
    for await (const { type } of handle.events()) {
      types.push(type);
      if (type === 'WorkflowStarted') await handle.cancel('late');
    }
    expect(types).toEqual(['WorkflowStarted', 'CancelRequested', 'WorkflowCompleted']);
    expect(await handle.result()).toEqual({ insisted: true, reason: 'late' });
    const found: string[] = [];
    for await (const { status } of client.list({ workflowId })) found.push(status);
    expect(found).toEqual(['Completed']);
    await expect(client.workflow('e2e.insisting', freshId('nobody')).describe()).rejects.toThrow(WorkflowNotFoundError);
  });
});
