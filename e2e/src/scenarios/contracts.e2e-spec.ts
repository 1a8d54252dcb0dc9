import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../api/answers.js';
import { freshId } from '../api/api-client.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const basket = async () => (await system.api.started('e2e.basket', { sku: 'tea', amount: 1 })).workflowId;
const send = (path: string, json?: unknown) => system.api.call<Problem>('POST', path, { json });
const typesOf = async (workflowId: string) => (await system.api.history(workflowId)).map(({ type }) => type);
const misfit = (field: string, pointer: string) => ({
  status: 400,
  body: expect.objectContaining({ code: 'MARATHON_PAYLOAD_INVALID', errors: [expect.objectContaining({ field, pointer })] }),
});

describe('what does not fit the contract of its workflow is refused where it is sent', () => {
  it('as an input, and no run is there', async () => {
    const workflowId = freshId('basket');
    const start = (input: unknown) => send('/workflows', { workflow: 'e2e.basket', workflowId, input });
    expect(await start({ sku: 'tea', amount: 0.5 })).toMatchObject(misfit('input', '/amount'));
    expect(await start({ amount: 1 })).toMatchObject(misfit('input', '/sku'));
    expect(await start(undefined)).toMatchObject(misfit('input', ''));
    expect((await system.api.call('GET', `/workflows/${workflowId}`)).status).toBe(404);
  });

  it('as a signal, a query or an update, and leaves no trace', async () => {
    const workflowId = await basket();
    expect(await send(`/workflows/${workflowId}/signals/approve`, { by: 7 })).toMatchObject(misfit('body', '/by'));
    expect(await send(`/workflows/${workflowId}/queries/costs-above`, {})).toMatchObject(misfit('body', '/limit'));
    expect(await send(`/workflows/${workflowId}/updates/add-line`, { sku: 'tea', amount: '1' })).toMatchObject(misfit('body', '/amount'));
    const carried = { workflow: 'e2e.basket', workflowId, input: { sku: 'tea', amount: 1 }, signal: { name: 'approve', payload: {} } };
    expect(await send('/workflows', carried)).toMatchObject(misfit('signal.payload', '/by'));

    expect((await send(`/workflows/${workflowId}/updates/add-line`, { sku: 'jam', amount: 1 })).body).toMatchObject({ result: 2 });
    await system.api.signal(workflowId, 'approve', { by: 'ada' });
    expect((await system.api.outcome(workflowId)).result).toEqual({ by: 'ada', lines: 2 });
    expect(await typesOf(workflowId)).toEqual([
      'WorkflowStarted',
      'UpdateReceived',
      'UpdateCompleted',
      'SignalReceived',
      'WorkflowCompleted',
    ]);
  });

  it('as the name of a query or an update, while a signal of any name is kept', async () => {
    const workflowId = await basket();
    expect(await send(`/workflows/${workflowId}/queries/size`)).toMatchObject({
      status: 404,
      body: { code: 'MARATHON_QUERY_UNKNOWN', names: ['costs-above', 'count'] },
    });
    expect(await send(`/workflows/${workflowId}/updates/add`, {})).toMatchObject({
      status: 404,
      body: { code: 'MARATHON_UPDATE_UNKNOWN', names: ['add-line'] },
    });
    expect((await send(`/workflows/${workflowId}/signals/aprove`, { by: 7 })).status).toBe(202);
    await system.api.signal(workflowId, 'approve', { by: 'ada' });
    await system.api.outcome(workflowId);
    expect(await typesOf(workflowId)).toEqual(['WorkflowStarted', 'SignalReceived', 'SignalReceived', 'WorkflowCompleted']);
  });
});

describe('what no gateway can see', () => {
  it('fails a run whose input does not fit, before its code begins', async () => {
    const { workflowId } = await system.api.started('e2e.halving', { number: 3 });
    expect(await system.api.outcome(workflowId)).toMatchObject({
      status: 'Failed',
      failure: {
        type: 'WorkflowInputInvalidError',
        message: 'the input of workflow "e2e.halving" does not fit its schema at /number: is not even',
      },
    });
    const even = await system.api.started('e2e.halving', { number: 4 });
    expect((await system.api.outcome(even.workflowId)).result).toBe(2);
  });

  it('makes an activity fail for good whose result does not fit', async () => {
    const { workflowId } = await system.api.started('e2e.price-check', { sku: 'tea', price: 'dear' });
    expect(await system.api.outcome(workflowId)).toMatchObject({
      status: 'Failed',
      failure: { type: 'ActivityFailedError', cause: { type: 'PayloadInvalidError', message: expect.stringContaining('at /price: ') } },
    });
    expect(await typesOf(workflowId)).toEqual(['WorkflowStarted', 'ActivityScheduled', 'ActivityFailed', 'WorkflowFailed']);
    const fair = await system.api.started('e2e.price-check', { sku: 'tea', price: 3 });
    expect((await system.api.outcome(fair.workflowId)).result).toBe(3);
  });

  it('is refused in the code that calls', async () => {
    const activity = await system.api.started('e2e.price-check', { sku: 7 });
    expect(await system.api.outcome(activity.workflowId)).toMatchObject({
      failure: {
        type: 'PayloadInvalidError',
        message: expect.stringContaining('the input of activity "e2e.echo" does not fit its schema at /sku'),
      },
    });
    const child = await system.api.started('e2e.shopping', { sku: 'tea' });
    expect((await system.api.outcome(child.workflowId)).result).toEqual({
      code: 'MARATHON_PAYLOAD_INVALID',
      message: expect.stringContaining('the input of child workflow "e2e.basket" does not fit its schema at /amount'),
    });
    expect(await typesOf(child.workflowId)).toEqual(['WorkflowStarted', 'WorkflowCompleted']);
  });
});
