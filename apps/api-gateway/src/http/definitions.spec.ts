import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { GatewayWorld } from '../../test/gateway-world.js';

const run = async () => {};

describe('GET /definitions', () => {
  it('shows what can be started, with its contract', async () => {
    await using world = await GatewayWorld.open();
    const queries = [{ kind: 'query', name: 'progress', input: z.string().optional() } as const];
    await world.own('shop', [{ name: 'basket', run, input: z.object({ sku: z.string() }), queries }]);
    const { status, body } = await world.request('GET', '/definitions');
    expect([status, body]).toEqual([
      200,
      {
        definitions: [
          { workflow: 'order', taskQueue: 'orders', build: 'test' },
          {
            workflow: 'basket',
            taskQueue: 'shop',
            build: 'test',
            input: { schema: expect.objectContaining({ type: 'object', required: ['sku'] }) },
            queries: [{ name: 'progress', payload: { schema: expect.objectContaining({ type: 'string' }), isOptional: true } }],
          },
        ],
      },
    ]);
  });

  it('goes page by page, and by workflow and task queue', async () => {
    await using world = await GatewayWorld.open();
    await world.own('shop', ['a', 'b', 'c']);
    await world.own('shop2', ['a']);
    const namesOf = async (query: string) => {
      const { body } = await world.request('GET', `/definitions?${query}`);
      const { definitions, next } = body as { definitions: { workflow: string; taskQueue: string }[]; next?: string };
      return [...definitions.map(({ workflow, taskQueue }) => `${taskQueue} ${workflow}`), ...(next === undefined ? [] : [`next ${next}`])];
    };
    expect(await namesOf('limit=2')).toEqual(['orders order', 'shop a', 'next shop/a']);
    expect(await namesOf('limit=2&cursor=shop/a')).toEqual(['shop b', 'shop c', 'next shop/c']);
    expect(await namesOf('cursor=shop/c')).toEqual(['shop2 a']);
    expect(await namesOf('workflow=a')).toEqual(['shop a', 'shop2 a']);
    expect(await namesOf('taskQueue=shop&limit=3')).toEqual(['shop a', 'shop b', 'shop c']);
  });
});
