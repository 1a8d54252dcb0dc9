import { ActivityFailedError, type AnyWorkflowDefinition, update, WorkflowCanceledError, workflow } from '@marathon/workflow';
import type { Bomb } from './bomb.js';

/** What signals of the crash suite carry. */
export interface Marked {
  readonly marker: string;
}

const add = update<number, number>('add');

/** The workflows of the crash suite; the process dies in their steps when the bomb says so. */
export function crashWorkflows(bomb: Bomb): readonly AnyWorkflowDefinition[] {
  return [
    workflow('crash.sequence', async (ctx, { count }: { count: number }) => {
      let sum = 0;
      for (let i = 1; i <= count; i++) sum += await ctx.activity<number>('crash.echo', i);
      return sum;
    }),

    workflow('crash.fan-out', async (ctx, { count }: { count: number }) =>
      Promise.all(Array.from({ length: count }, (_, i) => ctx.activity<number>('crash.echo', i))),
    ),

    workflow('crash.timers', async (ctx) => {
      await Promise.all([ctx.sleep(150), ctx.sleep(300)]);
      return ctx.activity('crash.echo', 'awake');
    }),

    workflow('crash.retry', (ctx) =>
      ctx.activity('crash.fail-at-first', { failures: 2 }, { retry: { initialInterval: '50ms', attemptsMax: 5 } }),
    ),

    workflow('crash.refused', async (ctx) => {
      try {
        return await ctx.activity('crash.refuse');
      } catch (error) {
        if (!(error instanceof ActivityFailedError)) throw error;
        return error.failure.type;
      }
    }),

    workflow('crash.steps', async (ctx, { count }: { count: number }) => {
      const squares: number[] = [];
      for (let i = 1; i <= count; i++) {
        squares.push(await ctx.run('square', () => bomb.around('step', async () => i * i), { input: i }));
        if (i === 1) await ctx.sleep(20);
      }
      return squares;
    }),

    workflow('crash.long', (ctx) => ctx.activity('crash.long', undefined, { heartbeatTimeout: '1m' })),

    /** Closes with the `count`-th signal, while more of them may be on their way. */
    workflow('crash.collect', async (ctx, { count }: { count: number }) => {
      const markers: string[] = [];
      while (markers.length < count) markers.push((await ctx.waitForSignal<Marked>('item')).marker);
      return markers;
    }),

    /** A run for each signal: what came is handed from run to run. */
    workflow('crash.relay', async (ctx, { markers, count }: { markers: readonly string[]; count: number }) => {
      const { marker } = await ctx.waitForSignal<Marked>('item');
      const all = [...markers, marker];
      return all.length === count ? all : ctx.continueAsNew({ markers: all, count });
    }),

    /** Closes when its updates have brought `count`. */
    workflow('crash.count', async (ctx, { count }: { count: number }) => {
      let total = 0;
      ctx.onUpdate(add, (n) => {
        total += n;
        return total;
      });
      await ctx.condition(() => total >= count);
      return total;
    }),

    workflow('crash.canceled', async (ctx) => {
      try {
        await Promise.all([ctx.activity('crash.until-aborted'), ctx.sleep('1h'), ctx.waitForSignal('never')]);
      } catch (error) {
        if (!(error instanceof WorkflowCanceledError)) throw error;
        await ctx.activity('crash.echo', 'cleaned up');
        throw error;
      }
    }),

    workflow('crash.sleeping', (ctx) => ctx.sleep('1h')),
  ];
}
