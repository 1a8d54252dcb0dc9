import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../../test/replay-of.js';
import { define, RunDriver } from '../../../test/run-driver.js';
import { InvalidCommandError, type WorkflowContext } from '../../index.js';

describe('what code says of its run', () => {
  it('is recorded where it says it, with what it asks for, and is written with the commit that records it', async () => {
    const code = define(async (ctx) => {
      ctx.setStatus('waiting');
      ctx.upsertMemo({ by: 'Ada', at: new Date(0), gone: 1 });
      ctx.upsertSearchAttributes({ amount: 3, dueAt: new Date(0), tags: ['a'] });
      await ctx.activity('a');
      ctx.upsertMemo({ gone: null, more: true });
      ctx.upsertSearchAttributes({ tags: null });
      await ctx.activity('b');
    });
    const run = await RunDriver.start(code);
    expect(run.types).toEqual(['WorkflowStarted', 'StatusSet', 'MemoUpserted', 'SearchAttributesUpserted', 'ActivityScheduled']);
    const dueAt = '1970-01-01T00:00:00.000Z';
    expect(run.advances[0]).toMatchObject({
      statusText: 'waiting',
      memo: `{"by":"Ada","at":"${dueAt}","gone":1}`,
      searchAttributes: { amount: 3, dueAt, tags: ['a'] },
    });
    await run.reload(code);
    await run.complete(5);
    expect(run.advances.at(-1)).toMatchObject({ memo: `{"by":"Ada","at":"${dueAt}","more":true}`, searchAttributes: { amount: 3, dueAt } });
    expect(run.advances.at(-1)).not.toHaveProperty('statusText');
    await run.complete(run.last.seq);
    expect(Object.keys(run.advances.at(-1) ?? {})).not.toEqual(expect.arrayContaining(['memo']));
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('is compared on replay', async () => {
    const saying = (text: string) =>
      define((ctx) => {
        ctx.setStatus(text);
        return ctx.activity('a');
      });
    const run = await RunDriver.start(saying('one'));
    expect((await replayOf(saying('other'), run.history)).divergence).toMatchObject({
      expected: 'StatusSet to {"status":"one"}',
      actual: 'StatusSet to {"status":"other"}',
    });
  });

  it('costs nothing when it is said again', async () => {
    const run = await RunDriver.start(
      define((ctx) => {
        for (let i = 0; i < 3; i++) ctx.setStatus('same');
        return ctx.activity('a');
      }),
    );
    expect(run.types).toEqual(['WorkflowStarted', 'StatusSet', 'ActivityScheduled']);
  });

  it('goes along to the next run, but for its status', async () => {
    const run = await RunDriver.start(
      define(async (ctx) => {
        ctx.setStatus('done with this one');
        ctx.upsertMemo({ round: 1 });
        ctx.upsertSearchAttributes({ round: 1 });
        return ctx.continueAsNew();
      }),
    );
    expect(run.advances.at(-1)?.successor?.started.data).toMatchObject({ memo: { round: 1 }, searchAttributes: { round: 1 } });
    expect(run.advances.at(-1)).toMatchObject({ statusText: 'done with this one' });
  });

  it.each<[string, (ctx: WorkflowContext) => void, string]>([
    ['no text', (ctx) => ctx.setStatus(7 as never), 'at most 200 characters'],
    ['a long text', (ctx) => ctx.setStatus('x'.repeat(201)), 'at most 200 characters'],
    ['a text that cannot be stored', (ctx) => ctx.setStatus('\u0000'), 'U+0000'],
    ['no memo', (ctx) => ctx.upsertMemo([] as never), 'the memo must be an object'],
    ['a large memo', (ctx) => ctx.upsertMemo({ x: 'x'.repeat(33_000) }), 'at most 32768'],
    ['a memo without a JSON form', (ctx) => ctx.upsertMemo({ x: 1n }), 'no JSON form'],
    ['an attribute of another type', (ctx) => ctx.upsertSearchAttributes({ x: { y: 1 } as never }), 'search attribute "x" must be a text'],
    ['a misnamed attribute', (ctx) => ctx.upsertSearchAttributes({ 'a b': 1 }), 'search attribute "a b" must be named'],
    ['a large attribute', (ctx) => ctx.upsertSearchAttributes({ x: 'x'.repeat(2_049) }), 'at most 2048 bytes'],
    [
      'too many attributes',
      (ctx) => {
        for (let i = 0; i < 51; i++) ctx.upsertSearchAttributes({ [`a${i}`]: i });
      },
      'at most 50',
    ],
  ])('is refused where it is said: %s', async (_, say, message) => {
    let thrown: unknown;
    await RunDriver.start(
      define(async (ctx) => {
        try {
          say(ctx);
        } catch (error) {
          thrown = error;
        }
      }),
    );
    expect(thrown).toMatchObject({ message: expect.stringContaining(message) });
    expect([InvalidCommandError.name, 'PayloadError']).toContain((thrown as Error).name);
  });
});
