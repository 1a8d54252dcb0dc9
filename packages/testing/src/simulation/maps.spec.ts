import { afterEach, describe, expect, it } from '@jest/globals';
import type { HistoryEvent } from '@marathon/core';
import { MapItemFailedError, type MapOutcome, workflow } from '@marathon/workflow';
import { violationsIn } from '../checks/check-simulation.js';
import { unanswered } from './simulated-workers.js';
import { Simulation } from './simulation.js';
import type { SimulationOptions } from './simulation-options.js';

const worlds: Simulation[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

function simulate(options: SimulationOptions) {
  const world = new Simulation(options);
  worlds.push(world);
  return world;
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const retry = { initialInterval: '1s', attemptsMax: 3 } as const;
const typesOf = (history: readonly HistoryEvent[]) => history.map(({ type }) => type);
const resultOf = (history: readonly HistoryEvent[]) => JSON.parse(history.at(-1)?.payload ?? 'null');

const doubles = workflow('doubles', (ctx, count: number) => ctx.map<number>(numbers(count), 'double', { concurrency: 10, retry }));
const double = (input: unknown) => 2 * (input as number);

describe('a map', () => {
  it('gives the results in the order of the items, with two events for all of them', async () => {
    const world = simulate({ workflows: [doubles], activities: { double } });
    const id = await world.start('doubles', 2_500);
    await world.settle();
    const history = await world.history(id);
    expect(typesOf(history)).toEqual(['WorkflowStarted', 'MapScheduled', 'MapCompleted', 'WorkflowCompleted']);
    expect(resultOf(history)).toEqual(numbers(2_500).map(double));
    expect((await world.eventLog.runStore.loadRuns([id])).runs[0]?.maps?.records).toEqual([]);
  });

  it('has no more items under way than it may, those in their back-off included', async () => {
    let attempts = 0;
    const seen = new Set<unknown>();
    const stuck = (input: unknown) => {
      attempts++;
      seen.add(input);
      throw new Error('not yet');
    };
    const world = simulate({ workflows: [doubles], activities: { double: stuck } });
    await world.start('doubles', 100);
    await world.settle(2_500);
    expect(seen.size).toBe(10);
    expect(attempts).toBe(20);
  });

  it('is refused while others that are open have as much as a run may hold, and not when they are over', async () => {
    const hoards = workflow('hoards', async (ctx) => {
      const large = ['x'.repeat(15 * 1024 * 1024)];
      const open = [1, 2].map(() => ctx.map(large, 'double', { retry: { attemptsMax: 1 } }));
      const refused = await Promise.allSettled([(async () => ctx.map(large, 'double'))()]);
      await Promise.allSettled(open);
      return {
        refused: refused.map((one) => one.status === 'rejected' && one.reason.message),
        after: await ctx.map([1, large.length], 'double'),
      };
    });
    const world = simulate({ workflows: [hoards], activities: { double } });
    const id = await world.start('hoards');
    await world.settle(60_000);
    expect(resultOf(await world.history(id))).toEqual({ refused: [expect.stringContaining('await one before the next')], after: [2, 2] });
  });

  it('goes on after a crash at any moment, and does no item again that was done', async () => {
    const undisturbed = simulate({ workflows: [doubles], activities: { double }, isStreamDurable: true });
    await undisturbed.start('doubles', 25);
    await undisturbed.settle();
    const expected = numbers(25).map(double);
    for (let crashPoint = 1; crashPoint <= 12; crashPoint++) {
      const world = simulate({ workflows: [doubles], activities: { double }, isStreamDurable: crashPoint % 2 === 0, crashPoint });
      const id = await world.start('doubles', 25);
      await world.settle(60_000);
      expect(resultOf(await world.history(id))).toEqual(expected);
      expect(await violationsIn(world, () => doubles)).toEqual([]);
    }
  });

  it('keeps what is done when its run is read again for each event', async () => {
    const begun = new Map<unknown, number>();
    const counting = (input: unknown, attempt: number) => {
      begun.set(input, (begun.get(input) ?? 0) + 1);
      if (input === 3 && attempt < 3) throw new Error('not yet');
      return double(input);
    };
    const world = simulate({ workflows: [doubles], activities: { double: counting }, residentRuns: 1 });
    const ids = [await world.start('doubles', 30), await world.start('doubles', 30), await world.start('doubles', 30)];
    await world.settle(10_000);
    for (const id of ids) expect(resultOf(await world.history(id))).toEqual(numbers(30).map(double));
    expect([...begun.values()]).toEqual(numbers(30).map((i) => (i === 3 ? 9 : 3)));
  });

  it('fails with the first item that fails for good, and tells the workers of the others', async () => {
    let error: unknown;
    const failing = workflow('failing', async (ctx) => {
      try {
        await ctx.map(numbers(50), 'pick', { concurrency: 5, retry: { attemptsMax: 1 } });
      } catch (thrown) {
        error = thrown;
      }
    });
    const pick = (input: unknown) => {
      if (input === 7) throw Object.assign(new Error('no seven'), { name: 'Unlucky' });
      return input === 9 ? unanswered : input;
    };
    const world = simulate({ workflows: [failing], activities: { pick } });
    const id = await world.start('failing');
    await world.settle(2_000);
    const history = await world.history(id);
    expect(typesOf(history)).toEqual(['WorkflowStarted', 'MapScheduled', 'MapFailed', 'WorkflowCompleted']);
    expect(error).toBeInstanceOf(MapItemFailedError);
    expect(error).toMatchObject({ activity: 'pick', index: 7, attempt: 1, failure: { type: 'Unlucky', message: 'no seven' } });
    expect(history[2]).toMatchObject({ payload: '7', data: { index: 7 } });
    expect(await violationsIn(world, () => failing)).toEqual([]);
  });

  it('gives failures as outcomes when it is asked to', async () => {
    const settling = workflow('settling', async (ctx): Promise<readonly MapOutcome<number>[]> => {
      return ctx.map<number>(numbers(4), 'pick', { settle: true, retry: { attemptsMax: 2, initialInterval: '1s' } });
    });
    const pick = (input: unknown) => {
      if (input === 2) throw Object.assign(new Error('no two'), { name: 'Unlucky', details: { at: 2 } });
      return input;
    };
    const world = simulate({ workflows: [settling], activities: { pick } });
    const id = await world.start('settling');
    await world.settle(5_000);
    expect(resultOf(await world.history(id))).toEqual([
      { ok: true, value: 0 },
      { ok: true, value: 1 },
      { ok: false, failure: { type: 'Unlucky', message: 'no two', details: { at: 2 } } },
      { ok: true, value: 3 },
    ]);
  });

  it('is canceled with its run and with a scope', async () => {
    const scoped = workflow('scoped', async (ctx) => {
      await ctx.scope(() => ctx.map(numbers(20), 'never', { concurrency: 3 }), { timeout: '1m' }).catch(() => {});
      return ctx.map(numbers(20), 'never', { concurrency: 3 });
    });
    const world = simulate({ workflows: [scoped], activities: { never: () => unanswered } });
    const id = await world.start('scoped', undefined, { workflowId: 'w' });
    await world.settle(61_000);
    await world.request('w', { kind: 'cancel' });
    await world.settle(2_000);
    const history = await world.history(id);
    const canceled = history.flatMap((event) => (event.type === 'MapCanceled' ? [event.data] : []));
    expect(canceled.map(({ activities }) => activities)).toEqual([
      [2 ** 30, 2 ** 30 + 1, 2 ** 30 + 2],
      [2 ** 30 + 20, 2 ** 30 + 21, 2 ** 30 + 22],
    ]);
    expect(history.at(-1)?.type).toBe('WorkflowCanceled');
    expect(await violationsIn(world, () => scoped)).toEqual([]);
  });

  it('leaves nothing behind when its run is terminated', async () => {
    const world = simulate({ workflows: [doubles], activities: { double: () => unanswered } });
    const id = await world.start('doubles', 50, { workflowId: 'w' });
    await world.settle();
    await world.request('w', { kind: 'terminate' });
    await world.settle();
    expect((await world.eventLog.runStore.loadRuns([id])).runs[0]?.maps?.records).toEqual([]);
  });

  it('makes dead letters of items, whether or not the map goes on', async () => {
    const letters = workflow('letters', async (ctx, settle: boolean) => {
      const options = { settle, retry: { attemptsMax: 1, deadLetter: true } };
      await ctx.map(numbers(3), 'pick', options).catch(() => {});
    });
    const pick = (input: unknown) => {
      if (input === 1) throw new Error('no one');
    };
    const world = simulate({ workflows: [letters], activities: { pick } });
    await world.start('letters', true);
    await world.start('letters', false);
    await world.settle();
    expect(world.deadLetters.map(({ task }) => task?.input)).toEqual(['1', '1']);
  });

  it('says how far it has got', async () => {
    const picky = (input: unknown) => {
      if (input === 4) throw new Error('not four');
      return (input as number) < 8 ? input : unanswered;
    };
    const world = simulate({ workflows: [doubles], activities: { double: picky } });
    const id = await world.start('doubles', 30);
    await world.settle(500);
    const { codeWaits } = (await world.eventLog.reader.readSurroundings(id)) ?? {};
    expect(codeWaits?.maps).toEqual([
      {
        ...{ mapSeq: 2, activity: 'double', taskQueue: 'default', count: 30, done: 7, failed: 0 },
        ...{ queued: 9, running: 0, deferred: 0, backingOff: 1, scheduledAtMs: expect.any(Number) },
        oldest: {
          ...{
            index: 4,
            activitySeq: 2 ** 30 + 4,
            attempt: 2,
            state: 'backing-off',
            sinceMs: expect.any(Number),
            untilMs: expect.any(Number),
          },
          lastFailure: { type: 'Error', message: 'not four' },
        },
      },
    ]);
  });
});
