import { describe, expect, it } from '@jest/globals';
import { ActivityFailedError, ActivityTimedOutError, query, signal, update, workflow } from '@marathon/workflow';
import { z } from 'zod';
import { createTestEnvironment } from './test-environment.js';

interface PaymentActivities {
  chargeCard(input: { readonly cents: number }): Promise<{ readonly id: string }>;
  refund(id: string): Promise<void>;
}

const approve = signal<{ readonly by: string }>('approve');
const retry = { initialInterval: '1s', attemptsMax: 3 } as const;

const order = workflow('order', async (ctx, { cents }: { readonly cents: number }) => {
  const { chargeCard } = ctx.activities<PaymentActivities>({ retry });
  const { by } = await ctx.waitForSignal(approve);
  const { id } = await chargeCard({ cents });
  return { id, by };
});

const patience = workflow('patience', async (ctx) => {
  const begunAt = ctx.now();
  for (let i = 0; i < 6; i++) await ctx.sleep('30d');
  return (ctx.now() - begunAt) / 86_400_000;
});

const countdown = workflow('countdown', async (ctx, left: number): Promise<string> => (left === 0 ? 'done' : ctx.continueAsNew(left - 1)));

const charging = workflow('charging', async (ctx, options: { readonly startToCloseTimeout: '1m' } | undefined) => {
  const { chargeCard } = ctx.activities<PaymentActivities>({ retry, ...options });
  try {
    return await chargeCard({ cents: 1 });
  } catch (error) {
    if (error instanceof ActivityFailedError) return `${error.failure.type} at attempt ${error.attempt}: ${error.failure.message}`;
    if (error instanceof ActivityTimedOutError) return `${error.timeout} at attempt ${error.attempt}`;
    throw error;
  }
});

const stepping = workflow('stepping', async (ctx) => ctx.run('look', () => new Promise((resolve) => setTimeout(resolve, 20, 'seen'))));

const tick = signal('tick');
const count = query<number>('count');
const counting = workflow('counting', async (ctx) => {
  let ticks = 0;
  ctx.onQuery(count, () => ticks);
  for (; ticks < 2; ticks++) await ctx.waitForSignal(tick);
  return ticks;
});

const everything = [order, patience, countdown, charging, stepping];

describe('a test environment', () => {
  it('runs a workflow with typed mocks and signals, and keeps what activities were called with', async () => {
    const env = createTestEnvironment<PaymentActivities>({
      workflows: everything,
      activities: { chargeCard: ({ cents }) => ({ id: `charge of ${cents}` }) },
    });
    const handle = await env.start(order, { input: { cents: 12 }, workflowId: 'order-1' });
    expect(await handle.describe()).toMatchObject({ workflowId: 'order-1', pending: { signals: ['approve'] } });
    await handle.signal(approve, { by: 'ada' });
    expect(await handle.result()).toEqual({ id: 'charge of 12', by: 'ada' });
    expect(env.calls('chargeCard')).toMatchObject([{ input: { cents: 12 }, attempt: 1, workflowId: 'order-1' }]);
    expect(env.calls('refund')).toEqual([]);
  });

  it('asks the code of a run', async () => {
    const env = createTestEnvironment({ workflows: [counting] });
    const handle = await env.start(counting);
    await handle.signal(tick);
    expect(await handle.query(count)).toBe(1);
    await handle.signal(tick);
    expect(await handle.result()).toBe(2);
    expect(await handle.query(count)).toBe(2);
    await expect(handle.query(query<number>('size'))).rejects.toThrow('query "size": there is none; there are count');
  });

  it('keeps what a start says of its run, with what the code changes of it, over a month and into the next run', async () => {
    const monthly = workflow('monthly', async (ctx, month: number): Promise<number> => {
      ctx.setStatus(`month ${month}`);
      ctx.upsertMemo({ month });
      ctx.upsertSearchAttributes({ month });
      await ctx.sleep('30d');
      return month === 2 ? month : ctx.continueAsNew(month + 1);
    });
    const env = createTestEnvironment({ workflows: [monthly] });
    const memo = { by: 'ada', since: new Date(0) };
    const handle = await env.start(monthly, { input: 1, memo, searchAttributes: { region: 'eu' } });
    const kept = { memo: { by: 'ada', since: '1970-01-01T00:00:00.000Z', month: 1 }, searchAttributes: { region: 'eu', month: 1 } };
    expect(await handle.describe()).toMatchObject({ statusText: 'month 1', ...kept });
    await env.advance('30d');
    const { memo: laterMemo, searchAttributes } = await handle.describe();
    expect([laterMemo, searchAttributes]).toEqual([
      { ...kept.memo, month: 2 },
      { region: 'eu', month: 2 },
    ]);
    expect(await handle.result()).toBe(2);
  });

  it('has one open run of a workflow id', async () => {
    const env = createTestEnvironment({ workflows: [patience] });
    await env.start(patience, { workflowId: 'w' });
    await expect(env.start(patience, { workflowId: 'w' })).rejects.toMatchObject({
      code: 'MARATHON_WORKFLOW_ID_IN_USE',
      message: 'an open run has the workflow id "w": let it end first, or choose another id',
    });
  });

  it('refuses search attributes that a gateway would, and starts nothing', async () => {
    const env = createTestEnvironment({ workflows: [patience] });
    const bad = { workflowId: 'w', searchAttributes: { 'a-b': 1 } };
    await expect(env.start(patience, bad)).rejects.toThrow('searchAttributes.a-b must be named by');
    const handle = await env.start(patience, { workflowId: 'w' });
    expect(await handle.describe()).not.toHaveProperty('searchAttributes');
  });

  it('lets months pass by itself while a result is awaited', async () => {
    const env = createTestEnvironment({ workflows: everything, startsAt: new Date('2026-03-01T00:00:00Z') });
    const handle = await env.start(patience);
    expect(await handle.result()).toBe(180);
    expect(env.nowMs - Date.parse('2026-03-01T00:00:00Z')).toBe(180 * 86_400_000);
  });

  it('moves time by hand', async () => {
    const env = createTestEnvironment<PaymentActivities>({ workflows: everything, activities: { chargeCard: () => ({ id: 'ch-1' }) } });
    const handle = await env.start(patience);
    const work = await env.start(charging);
    expect(env.calls('chargeCard')).toHaveLength(1);
    await env.advance('59d');
    expect((await work.describe()).status).toBe('Completed');
    expect((await handle.history()).events.filter(({ type }) => type === 'TimerFired')).toHaveLength(1);
    await env.advance('1d');
    expect((await handle.history()).events.filter(({ type }) => type === 'TimerFired')).toHaveLength(2);
  });

  it('waits for several results at one time', async () => {
    const env = createTestEnvironment({ workflows: everything });
    const handles = await Promise.all([env.start(patience), env.start(countdown, { input: 3 }), env.start(stepping)]);
    expect(await Promise.all(handles.map((handle) => handle.result()))).toEqual([180, 'done', 'seen']);
  });

  it('tries again what a mock throws, in virtual time', async () => {
    const env = createTestEnvironment<PaymentActivities>({
      workflows: everything,
      activities: {
        chargeCard: (_, { attempt }) => {
          if (attempt < 3) throw new Error('busy');
          return { id: 'third' };
        },
      },
    });
    const handle = await env.start(charging);
    expect(await handle.result()).toEqual({ id: 'third' });
    const [first, second, third] = env.calls('chargeCard').map(({ atMs }) => atMs);
    expect([Number(second) - Number(first), Number(third) - Number(second)]).toEqual([1_000, 2_000]);
    expect(new Set(env.calls('chargeCard').map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('lets a mock take virtual time: in time, and too long', async () => {
    const env = createTestEnvironment<PaymentActivities>({
      workflows: everything,
      activities: {
        chargeCard: async (_, { sleep }) => {
          await sleep('5m');
          return { id: 'slow' };
        },
      },
    });
    expect(await (await env.start(charging)).result()).toEqual({ id: 'slow' });
    const hasty = await env.start(charging, { input: { startToCloseTimeout: '1m' } });
    expect(await hasty.result()).toBe('startToClose at attempt 3');
  });

  it('fails an activity without a mock, and names it', async () => {
    const env = createTestEnvironment<PaymentActivities>({ workflows: everything, activities: { refund: () => {} } });
    const handle = await env.start(charging);
    expect(await handle.result()).toMatch(/^MissingMock at attempt 1: there is no mock for activity "chargeCard".* it has refund$/);
  });

  it('tells how a run ended that did not complete', async () => {
    const env = createTestEnvironment({ workflows: everything });
    const canceled = await env.start(order, { input: { cents: 1 } });
    await canceled.cancel('enough');
    await expect(canceled.result()).rejects.toMatchObject({ code: 'MARATHON_WORKFLOW_FAILED', status: 'Canceled' });
    await expect(canceled.signal(approve, { by: 'bo' })).rejects.toMatchObject({ code: 'MARATHON_RUN_NOT_OPEN' });
    const timedOut = await env.start(order, { input: { cents: 1 }, runTimeout: '2d' });
    await expect(timedOut.result()).rejects.toMatchObject({ status: 'TimedOut' });
  });

  it('says what a run waits for that will never come', async () => {
    const env = createTestEnvironment({ workflows: everything });
    const handle = await env.start(order, { input: { cents: 1 } });
    await expect(handle.result()).rejects.toThrow('it waits for signal "approve"');
    const gated = workflow('gated', async (ctx) => {
      ctx.onSignal(approve, () => {});
      await new Promise(() => {});
    });
    const other = await createTestEnvironment({ workflows: [gated] }).start(gated);
    await expect(other.result()).rejects.toThrow('a promise that is not durable, so that only its handlers could settle it');
  });

  it('refuses what does not fit a schema, as a gateway does', async () => {
    const named = signal('name', z.object({ by: z.string() }));
    const hasten = update<boolean, number>('hasten', z.number());
    const contract = { input: z.object({ to: z.string() }), signals: [named], updates: [hasten] };
    const greeting = workflow('greeting', contract, async (ctx, { to }) => {
      const { by } = await ctx.waitForSignal(named);
      return `${by} greets ${to}`;
    });
    const env = createTestEnvironment({ workflows: [greeting] });
    await expect(env.start(greeting, { input: { to: 1 } as never })).rejects.toThrow(
      /^the input of workflow "greeting" is refused: \/to: /,
    );
    const handle = await env.start(greeting, { input: { to: 'bo' } });
    await expect(handle.update(hasten, '2' as never)).rejects.toMatchObject({ code: 'MARATHON_PAYLOAD_INVALID' });
    await expect(handle.signal('name', { by: 2 })).rejects.toMatchObject({ code: 'MARATHON_PAYLOAD_INVALID' });
    await handle.signal(named, { by: 'ada' });
    expect(await handle.result()).toBe('ada greets bo');
  });

  it('says why the code of a run was stopped', async () => {
    const forbidden = workflow('forbidden', async () => new Promise(() => {}));
    const env = createTestEnvironment({ workflows: [forbidden] });
    await expect((await env.start(forbidden)).result()).rejects.toMatchObject({
      code: 'MARATHON_RUN_SUSPENDED',
      suspension: { reason: 'foreign-await' },
    });
  });
});

/** Types: each line below must not compile without its directive. */
export async function refusedByTypes(): Promise<void> {
  const env = createTestEnvironment<PaymentActivities>({
    workflows: everything,
    activities: {
      // @ts-expect-error a result that the activity does not have
      chargeCard: () => ({ id: 1 }),
    },
  });
  // @ts-expect-error no such activity
  createTestEnvironment<PaymentActivities>({ workflows: everything, activities: { charge: () => {} } });
  // @ts-expect-error the input is missing
  await env.start(order);
  // @ts-expect-error another input
  const handle = await env.start(order, { input: { pence: 1 } });
  // @ts-expect-error another payload
  await handle.signal(approve, { from: 'ada' });
  // @ts-expect-error no such activity
  env.calls('charge');
}
