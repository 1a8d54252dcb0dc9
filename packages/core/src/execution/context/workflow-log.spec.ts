import { beforeEach, describe, expect, it } from '@jest/globals';
import { define, RunDriver, told } from '../../../test/run-driver.js';

beforeEach(() => {
  told.length = 0;
});

const who = { namespace: 'default', workflow: 'work', workflowId: 'w', runId: 'run' };

describe('what a workflow tells its log', () => {
  it('says whose it is, once: a replay is silent, and what is new is told', async () => {
    const code = define(async (ctx) => {
      ctx.log.info('began', { step: 1, runId: 'another' });
      await ctx.sleep(1);
      ctx.log.warn('woke');
    });
    const run = await RunDriver.start(code);
    await run.reload(code);
    expect(told).toEqual([{ level: 'info', message: 'began', fields: { step: 1, ...who } }]);
    await run.fire(2);
    expect(told.slice(1)).toEqual([{ level: 'warn', message: 'woke', fields: who }]);
  });

  it('is told with what can be shown of strange fields, and no more than there is room for', async () => {
    const cycle: Record<string, unknown> = {};
    cycle.itself = cycle;
    const throwing = {
      get field() {
        throw new Error('no');
      },
    };
    const code = define(async (ctx) => {
      ctx.log.error('cycle', cycle);
      ctx.log.error('throwing', throwing);
      ctx.log.error('list', [1] as never);
      ctx.log.error('x'.repeat(3_000), { text: 'y'.repeat(10_000) });
      ctx.log.error(7 as never);
    });
    await RunDriver.start(code);
    expect(told.map(({ message, fields }) => [message.length, (fields as { fields?: unknown } | undefined)?.fields])).toEqual([
      [5, '(no JSON form)'],
      [8, '(no JSON form)'],
      [4, [1]],
      [2_000, expect.stringMatching(/^\{"text":"y+…$/)],
      [9, undefined],
    ]);
  });
});
