import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SearchTooSlowError } from '@marathon/core';
import { GatewayWorld } from '../../test/gateway-world.js';

describe('searching', () => {
  let world: GatewayWorld;
  const search = (parameters: Record<string, string>) => world.request('GET', `/workflows?${new URLSearchParams(parameters)}`);
  const found = async (parameters: Record<string, string>) =>
    ((await search(parameters)).body.workflows as { workflowId: string }[]).map(({ workflowId }) => workflowId);

  beforeAll(async () => {
    world = await GatewayWorld.open();
    const attributes = {
      a: { amount: 5, region: 'eu' },
      b: { amount: 120, region: 'us', tags: ['new'] },
      c: { region: 'eu' },
      d: undefined,
    };
    for (const [workflowId, searchAttributes] of Object.entries(attributes)) {
      await world.request('POST', '/workflows', { workflow: 'order', workflowId, searchAttributes });
    }
    const { body } = await world.request('GET', '/workflows/b');
    await world.advance(body.runId as never, [['WorkflowCompleted', {}]], { searchAttributes: { amount: 130, region: 'us' } });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('finds by a query, and shows the attributes that a run has now', async () => {
    expect((await search({ q: 'status = "Completed" and amount > 100' })).body.workflows).toMatchObject([
      { workflowId: 'b', status: 'Completed', searchAttributes: { amount: 130, region: 'us' } },
    ]);
    expect((await world.request('GET', '/workflows/b')).body.searchAttributes).toEqual({ amount: 130, region: 'us' });
    expect((await world.request('GET', '/workflows/d')).body).not.toHaveProperty('searchAttributes');
  });

  it('narrows a query by the plain parameters, each of which is a comparison', async () => {
    expect(await found({ q: 'region = "eu" or region = "us"', status: 'Pending' })).toEqual(['c', 'a']);
    expect(await found({ q: 'order by workflowId', workflow: 'order' })).toEqual(['a', 'b', 'c', 'd']);
    expect(await found({ status: 'Completed', workflowId: 'b' })).toEqual(['b']);
  });

  it.each(['order by amount desc', 'amount is not null or region = "eu" order by region', '', 'order by closedAt'])(
    'gives %j in pages as in one',
    async (q) => {
      const paged: string[] = [];
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const { body } = await search({ q, limit: '1', ...(cursor && { cursor }) });
        paged.push(...(body.workflows as { workflowId: string }[]).map(({ workflowId }) => workflowId));
        cursor = body.next as string | undefined;
      }
      expect(paged).toEqual(await found({ q }));
    },
  );

  it('says at which character a query goes wrong, and what it expected', async () => {
    expect(await search({ q: 'status = "Runing" and amount > 1' })).toMatchObject({
      status: 400,
      body: { code: 'MARATHON_REQUEST_INVALID', errors: [{ field: 'q', position: 10, message: expect.stringContaining('"Running"') }] },
    });
    expect(await world.request('GET', '/workflows?q=a&q=b')).toMatchObject({ status: 400, body: { errors: [{ field: 'q' }] } });
  });

  it('refuses a cursor of another order', async () => {
    const { body } = await search({ q: 'order by amount', limit: '1' });
    expect(await search({ cursor: String(body.next) })).toMatchObject({ status: 400, body: { errors: [{ field: 'cursor' }] } });
  });

  it('counts', async () => {
    const count = async (parameters: Record<string, string>) =>
      (await world.request('GET', `/workflows/count?${new URLSearchParams(parameters)}`)).body;
    expect(await count({})).toEqual({ count: 4, isExact: true });
    expect(await count({ q: 'amount > 100' })).toEqual({ count: 1, isExact: true });
    expect(await count({ groupBy: 'region' })).toEqual({
      groups: expect.arrayContaining([
        { value: 'eu', count: 2 },
        { value: 'us', count: 1 },
        { value: null, count: 1 },
      ]),
      isExact: true,
    });
    expect(await count({ q: 'region = "eu"', groupBy: 'status' })).toEqual({ groups: [{ value: 'Pending', count: 2 }], isExact: true });
  });

  it.each([
    ['q=amount', 'q'],
    ['q=order by amount', 'q'],
    ['groupBy=startedAt', 'groupBy'],
    ['groupBy=a b', 'groupBy'],
    ['colour=red', 'colour'],
  ])('refuses to count by %j, naming %s', async (query, field) => {
    expect(await world.request('GET', `/workflows/count?${encodeURI(query)}`)).toMatchObject({
      status: 400,
      body: { errors: [{ field }] },
    });
  });

  it('leaves the path to the number of runs to it', async () => {
    const answer = await world.request('POST', '/workflows', { workflow: 'order', workflowId: 'count' });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'workflowId' }] } });
  });
});

it('says that a search takes too long, and how to help it', async () => {
  const { reader } = new GatewayWorld().eventLog;
  const runReader = Object.assign(Object.create(reader), { search: () => Promise.reject(new SearchTooSlowError('too slow')) });
  await using world = await GatewayWorld.open({ ports: { runReader } });
  expect(await world.request('GET', '/workflows?q=amount>1')).toMatchObject({ status: 422, body: { code: 'MARATHON_SEARCH_TOO_SLOW' } });
});
