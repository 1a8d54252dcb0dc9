import { describe, expect, it } from '@jest/globals';
import { writeHistoryFile } from '@marathon/protocol';
import { type WorkflowContext, workflow } from '@marathon/workflow';
import { createTestEnvironment } from '../environment/test-environment.js';
import { replay } from './replay-history.js';

const events = 10_000;

const order = workflow('order', async (ctx, sku: string) => {
  const reservation = await ctx.activity<string>('reserve', sku);
  await ctx.run('note', () => 'noted', { input: sku });
  await ctx.sleep('1d');
  return ctx.activity<string>('ship', reservation);
});

const changed = (run: (ctx: WorkflowContext, sku: string) => Promise<unknown>) => workflow('order', run);

async function recorded() {
  const env = createTestEnvironment({ workflows: [order], activities: { reserve: (sku) => `reserved ${sku}`, ship: () => 'shipped' } });
  const handle = await env.start(order, { input: 'tea' });
  await handle.result();
  return handle.history();
}

describe('replay', () => {
  it('takes a history, and the text of a history file, and resolves for the code that made it', async () => {
    const history = await recorded();
    await replay(history, order);
    let text = '';
    for await (const piece of writeHistoryFile(history.run, history.events)) text += piece;
    await replay(text, order);
  });

  it('takes the history of an open run', async () => {
    const { run, events: all } = await recorded();
    await replay({ run, events: all.slice(0, 5) }, order);
  });

  it('names the event, what the history says and what the code did', async () => {
    const other = changed(async (ctx, sku) => ctx.activity('hold', sku));
    await expect(replay(await recorded(), other)).rejects.toMatchObject({
      code: 'MARATHON_NON_DETERMINISM',
      seq: 2,
      expected: 'ActivityScheduled "reserve" with input "tea"',
      actual: 'ActivityScheduled "hold" with input "tea"',
    });
  });

  it('finds what is missing, and what comes on top', async () => {
    const shorter = changed(async (ctx, sku) => ctx.activity('reserve', sku));
    await expect(replay(await recorded(), shorter)).rejects.toMatchObject({ seq: 4, actual: 'the code has ended (completed)' });
    const longer = changed(async (ctx, sku) => {
      await order.run(ctx, sku);
      await ctx.sleep('1s');
    });
    await expect(replay(await recorded(), longer)).rejects.toMatchObject({ actual: 'TimerStarted for 1000 ms' });
  });

  it('finds another input of a step, and code that calls what it must not', async () => {
    const otherStep = changed(async (ctx, sku) => {
      await ctx.activity('reserve', sku);
      await ctx.run('note', () => 'noted', { input: 'coffee' });
    });
    await expect(replay(await recorded(), otherStep)).rejects.toMatchObject({ seq: 4, expected: expect.stringContaining('step "note"') });
    await expect(
      replay(
        await recorded(),
        changed(() => new Promise(() => {})),
      ),
    ).rejects.toThrow('something that is not durable');
  });

  it('refuses the history of another workflow, and a text that is none', async () => {
    await expect(
      replay(
        await recorded(),
        workflow('invoice', async () => 1),
      ),
    ).rejects.toMatchObject({ expected: 'workflow "order"' });
    await expect(replay('{}', order)).rejects.toMatchObject({ code: 'MARATHON_HISTORY_FILE_INVALID' });
  });

  it(`replays ${events} events, and prints how long that takes`, async () => {
    const long = workflow('long', async (ctx, calls: number) => {
      for (let i = 0; i < calls; i++) await ctx.activity('work', i);
      return 'done';
    });
    const env = createTestEnvironment({ workflows: [long], activities: { work: (n) => n } });
    const handle = await env.start(long, { input: (events - 2) / 2 });
    expect(await handle.result()).toBe('done');
    const history = await handle.history();
    expect(history.events).toHaveLength(events);
    let text = '';
    for await (const piece of writeHistoryFile(history.run, history.events)) text += piece;
    const begunAt = performance.now();
    await replay(text, long);
    const readAt = performance.now();
    await replay(history, long);
    console.log(`replay of ${events} events: ${Math.round(performance.now() - readAt)} ms, from a file ${Math.round(readAt - begunAt)} ms`);
  });
});
