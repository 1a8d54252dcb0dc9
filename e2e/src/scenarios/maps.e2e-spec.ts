import { describe, expect, it } from '@jest/globals';
import { replay } from '@marathon/testing';
import { mapped } from '../fixtures/workflows/maps.workflows.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const typesOf = async (workflowId: string) => (await system.api.history(workflowId)).map(({ type }) => type);

describe('a map', () => {
  it('gives the results in the order of its items, and two events to the history', async () => {
    const { workflowId, result } = await system.api.run('e2e.mapped', { count: 500, concurrency: 50 });
    expect(result).toEqual(Array.from({ length: 500 }, (_, i) => 2 * i));
    expect(await typesOf(workflowId)).toEqual(['WorkflowStarted', 'MapScheduled', 'MapCompleted', 'WorkflowCompleted']);
  });

  it('is replayed from an exported history', async () => {
    const { workflowId } = await system.api.run('e2e.mapped', { count: 30 });
    const { text } = await system.api.call('GET', `/workflows/${workflowId}/history?format=file`);
    await replay(text, mapped);
  });

  it('of no items is over at once', async () => {
    const { workflowId, result } = await system.api.run('e2e.mapped', { count: 0 });
    expect(result).toEqual([]);
    expect(await typesOf(workflowId)).toEqual(['WorkflowStarted', 'WorkflowCompleted']);
  });

  it('fails with the first item that fails for good', async () => {
    const { workflowId, result } = await system.api.run('e2e.caught-map', ['Sold', 'Broken']);
    expect(result).toEqual({ index: 0, attempt: 1, type: 'Sold' });
    expect((await system.api.event(workflowId, 'MapFailed')).data).toMatchObject({ index: 0, failure: { type: 'Sold' } });
  });

  it('gives failures as outcomes when it settles', async () => {
    const items = [{ failures: 0 }, { failures: 9 }];
    const options = { settle: true, retry: { attemptsMax: 2, initialInterval: '1ms' } };
    const { result } = await system.api.run('e2e.mapping', { items, activity: 'e2e.fail-at-first', options });
    expect(result).toEqual([
      { ok: true, value: { attempt: 1, idempotencyKey: expect.any(String) } },
      { ok: false, failure: expect.objectContaining({ type: 'RangeError', message: 'attempt 2 failed' }) },
    ]);
  });

  it('gives business failures as results', async () => {
    const { result } = await system.api.run('e2e.priced-all', ['TEA', 'MILK']);
    expect(result).toEqual([{ percent: 10 }, { kind: 'failure', type: 'UnknownCode', details: { code: 'MILK' } }]);
  });

  it('gives each item an idempotency key of its own, the same for all its attempts', async () => {
    const { result } = await system.api.run('e2e.mapping', {
      items: [{ failures: 1 }, { failures: 0 }],
      activity: 'e2e.fail-at-first',
      options: { retry: { initialInterval: '1ms' } },
    });
    const keys = (result as readonly { idempotencyKey: string }[]).map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(2);
  });

  it('takes results that no message can carry', async () => {
    const items = [{ characters: 1024 * 1024 }, { characters: 3 }];
    const { result } = await system.api.run('e2e.mapping', { items, activity: 'e2e.text-of' });
    expect(result).toEqual(items.map(({ characters }) => 'x'.repeat(characters)));
  });

  it('is canceled with its run, and its workers are told', async () => {
    const { workflowId } = await system.api.started('e2e.mapping', {
      items: [{ notify: '' }, { notify: '' }],
      activity: 'e2e.until-aborted',
    });
    await system.api.cancel(workflowId);
    expect(await system.api.outcome(workflowId)).toMatchObject({ status: 'Canceled' });
    expect((await system.api.event(workflowId, 'MapCanceled')).data).toMatchObject({
      activities: [expect.any(Number), expect.any(Number)],
    });
  });
});
