import { describe, expect, it } from '@jest/globals';
import { workflow } from '@marathon/workflow';
import type { ActivityMock } from './activity-mocks.js';
import { createTestEnvironment } from './test-environment.js';

interface Work {
  work(input: string): Promise<string>;
}

const limitedTo = (limit: number) => ({ concurrency: { key: 'shared', limit } });
const fanOut = workflow('fan-out', async (ctx, { items, limit }: { readonly items: readonly string[]; readonly limit: number }) => {
  const { work } = ctx.activities<Work>(limitedTo(limit));
  return Promise.all(items.map((item) => work(item)));
});
const items = Array.from({ length: 8 }, (_, i) => `item ${i}`);

/** An activity that takes a minute, and the most that were at it at a time. */
function witness() {
  const seen = { atWork: 0, most: 0, order: [] as string[] };
  const work: ActivityMock<string, string> = async (input, { sleep }) => {
    seen.atWork++;
    seen.order.push(input);
    seen.most = Math.max(seen.most, seen.atWork);
    await sleep('1m');
    seen.atWork--;
    return input;
  };
  return { seen, work };
}

describe('limits in a test environment', () => {
  it('let no more be at work at a time than the limit, over all runs', async () => {
    const { seen, work } = witness();
    const env = createTestEnvironment<Work>({ workflows: [fanOut], activities: { work } });
    const input = { items, limit: 3 };
    const runs = [await env.start(fanOut, { input }), await env.start(fanOut, { input })];
    for (const run of runs) expect(await run.result()).toEqual(items);
    expect(seen.most).toBe(3);
    expect(await env.simulation.eventLog.reader.listLimits({ namespace: 'default', limit: 10 })).toEqual([]);
  });

  it('hold no place in a back-off', async () => {
    const attempts: string[] = [];
    const work: ActivityMock<string, string> = async (input, { attempt }) => {
      attempts.push(`${input} ${attempt}`);
      if (input === 'failing' && attempt < 3) throw new Error('not yet');
      return input;
    };
    const env = createTestEnvironment<Work>({ workflows: [fanOut], activities: { work } });
    const run = await env.start(fanOut, { input: { items: ['failing', 'other'], limit: 1 } });
    expect(await run.result()).toEqual(['failing', 'other']);
    expect(attempts).toEqual(['failing 1', 'other 1', 'failing 2', 'failing 3']);
  });

  it('space attempts under a rate', async () => {
    const metered = workflow('metered', async (ctx) => {
      const { work } = ctx.activities<Work>({ rateLimit: { limit: 2, per: '1m' } });
      await Promise.all(['a', 'b', 'c', 'd'].map((item) => work(item)));
    });
    const env = createTestEnvironment<Work>({ workflows: [metered], activities: { work: (input) => input } });
    const run = await env.start(metered);
    await run.result();
    const [first] = env.calls('work');
    expect(env.calls('work').map(({ atMs }) => Math.round((atMs - (first?.atMs ?? 0)) / 1_000))).toEqual([0, 0, 30, 60]);
  });

  it('let priorities go first, and fairness keys take turns', async () => {
    const { seen, work } = witness();
    const tenants = workflow('tenants', async (ctx) => {
      const { work: call } = ctx.activities<Work>(limitedTo(1));
      const calls = ['a1', 'a2', 'a3', 'b1', 'b2'].map((item) => call(item, { fairnessKey: item.slice(0, 1) }));
      await Promise.all([...calls, call('urgent', { priority: 1 })]);
    });
    const env = createTestEnvironment<Work>({ workflows: [tenants], activities: { work } });
    await (await env.start(tenants)).result();
    expect(seen.order).toEqual(['urgent', 'a1', 'b1', 'a2', 'b2', 'a3']);
  });

  it('count the time in line for the time-outs that begin with the schedule', async () => {
    const { work } = witness();
    const impatient = workflow('impatient', async (ctx) => {
      const { work: call } = ctx.activities<Work>(limitedTo(1));
      const late = call('late', { scheduleToStartTimeout: '30s' }).catch((error: Error) => error.message);
      return Promise.all([call('first', { priority: 1 }), late]);
    });
    const env = createTestEnvironment<Work>({ workflows: [impatient], activities: { work } });
    const run = await env.start(impatient);
    expect(await run.result()).toEqual(['first', 'activity "work" timed out (scheduleToStart) at attempt 1']);
  });

  it('are refused for the items of a map', async () => {
    const map = workflow('map', async (ctx) => {
      const { work } = ctx.activities<Work>(limitedTo(1));
      return ctx.map(['a'], work);
    });
    const env = createTestEnvironment<Work>({ workflows: [map], activities: { work: (input) => input } });
    await expect((await env.start(map)).result()).rejects.toThrow('the items of a map come under no limit');
  });

  it('let go of who is canceled while it waits', async () => {
    const { seen, work } = witness();
    const env = createTestEnvironment<Work>({ workflows: [fanOut], activities: { work } });
    const holder = await env.start(fanOut, { input: { items: ['a', 'b'], limit: 1 } });
    const waiter = await env.start(fanOut, { input: { items: ['never'], limit: 1 } });
    await waiter.cancel();
    await expect(waiter.result()).rejects.toThrow('Canceled');
    await holder.result();
    expect(seen.order).toEqual(['a', 'b']);
  });

  it('refuse what makes no sense, naming the option', async () => {
    const wrong = workflow('wrong', async (ctx, options: object) => {
      try {
        return await ctx.activity('work', 'x', options);
      } catch (error) {
        return String(error);
      }
    });
    const env = createTestEnvironment<Work>({ workflows: [wrong], activities: { work: (input) => input } });
    const told = async (input: object) => (await env.start(wrong, { input })).result();
    expect(await told({ concurrency: { key: 'k', limit: 0 } })).toContain(
      'concurrency.limit is 0: it must be a whole number from 1 to 10000',
    );
    expect(await told({ concurrency: { key: '', limit: 1 } })).toContain('concurrency.key must be a text of 1 to 200 characters');
    expect(await told({ rateLimit: { limit: 1 } })).toContain('rateLimit.per is missing');
    expect(await told({ rateLimit: { limit: 1, per: 0 } })).toContain('rateLimit.per is 0');
    expect(await told({ priority: 6 })).toContain('priority is 6: it must be a whole number from 1 to 5');
    expect(await told({ fairnessKey: '\n' })).toContain('fairnessKey must be a text');
  });
});

describe('limits of workflows', () => {
  const job = workflow('job', { concurrency: { key: 'jobs', limit: 1 } }, async (ctx, minutes: number): Promise<number> => {
    await ctx.sleep(minutes * 60_000);
    return ctx.now();
  });

  it('let the code begin when there is room', async () => {
    const env = createTestEnvironment({ workflows: [job] });
    const beganAtMs = env.nowMs;
    const [first, second] = [await env.start(job, { input: 1 }), await env.start(job, { input: 1 })];
    expect(await second.describe()).toMatchObject({ status: 'Pending' });
    const ends = [await first.result(), await second.result()].map((atMs) => Math.round((atMs - beganAtMs) / 60_000));
    expect(ends).toEqual([1, 2]);
    const { events } = await second.history();
    expect(events.map(({ type }) => type)).toEqual([
      'WorkflowStarted',
      'WorkflowQueued',
      'WorkflowAdmitted',
      'TimerStarted',
      'TimerFired',
      'WorkflowCompleted',
    ]);
  });

  it('are stated by starts, too, before those of the definition', async () => {
    const free = workflow('free', async (ctx, minutes: number): Promise<number> => {
      await ctx.sleep(minutes * 60_000);
      return ctx.now();
    });
    const env = createTestEnvironment({ workflows: [job, free] });
    const beganAtMs = env.nowMs;
    const concurrency = { key: 'of the start', limit: 2 };
    const stated = { input: 1, concurrency, rateLimit: { limit: 10, per: 60_000 } } as const;
    const runs = [await env.start(job, stated), await env.start(free, stated)];
    runs.push(await env.start(free, { ...stated, priority: 2 }), await env.start(job, { ...stated, priority: 1 }));
    runs.push(await env.start(free, { input: 1, priority: 5 }));
    const ends = await Promise.all(runs.map(async (run) => Math.round(((await run.result()) - beganAtMs) / 60_000)));
    expect(ends).toEqual([1, 1, 2, 2, 1]);
    expect((await runs[3]?.history())?.events[1]).toMatchObject({
      type: 'WorkflowQueued',
      data: { concurrency, rateLimit: { limit: 10, perMs: 60_000 }, priority: 1 },
    });
    await expect(env.start(free, { input: 1, rateLimit: { limit: 1, per: 0 } })).rejects.toThrow('rateLimit.per is 0');
  });

  it('let go of runs that are canceled or terminated in line', async () => {
    const env = createTestEnvironment({ workflows: [job] });
    const runs = [];
    for (let i = 0; i < 4; i++) runs.push(await env.start(job, { input: 1 }));
    await runs[1]?.cancel('not needed');
    await runs[2]?.terminate();
    await expect(runs[1]?.result()).rejects.toThrow('Canceled');
    await runs[0]?.result();
    await runs[3]?.result();
    expect((await runs[1]?.history())?.events.map(({ type }) => type)).toEqual([
      'WorkflowStarted',
      'WorkflowQueued',
      'CancelRequested',
      'WorkflowCanceled',
    ]);
  });

  it('are held on to by a run that continues as new', async () => {
    const order: string[] = [];
    const loop = workflow('loop', { concurrency: { key: 'loops', limit: 1 } }, async (ctx, left: number): Promise<void> => {
      await ctx.activity('note', left);
      if (left > 0) await ctx.continueAsNew(left - 1);
    });
    const env = createTestEnvironment({ workflows: [loop], activities: { note: (left: number) => void order.push(String(left)) } });
    const [first, second] = [await env.start(loop, { input: 2 }), await env.start(loop, { input: 5 })];
    await Promise.all([first.result(), second.result()]);
    expect(order).toEqual(['2', '1', '0', '5', '4', '3', '2', '1', '0']);
  });

  it('begin behind a start delay, and for children too', async () => {
    const parent = workflow('parent', async (ctx) => ctx.child(job, { input: 1, concurrency: { key: 'own', limit: 1 } }));
    const env = createTestEnvironment({ workflows: [job, parent] });
    const delayed = await env.start(job, { input: 1, startDelay: '1h' });
    const run = await env.start(parent);
    await run.result();
    await delayed.result();
    expect((await delayed.history()).events.map(({ type }) => type).slice(0, 4)).toEqual([
      'WorkflowStarted',
      'WorkflowStartDelayElapsed',
      'WorkflowQueued',
      'WorkflowAdmitted',
    ]);
  });
});
