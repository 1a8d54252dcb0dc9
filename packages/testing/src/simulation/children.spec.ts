import { afterEach, describe, expect, it } from '@jest/globals';
import { type AnyWorkflowDefinition, isClosed, newestFirst, type RunId } from '@marathon/core';
import {
  ChildWorkflowFailedError,
  ChildWorkflowIdInUseError,
  type ParentClosePolicy,
  WorkflowCanceledError,
  workflow,
} from '@marathon/workflow';
import { violationsIn } from '../checks/check-simulation.js';
import { Simulation } from './simulation.js';
import type { SimulationOptions } from './simulation-options.js';

let world: Simulation;
afterEach(() => world.stop());

const double = workflow('double', async (ctx, n: number) => ctx.activity<number>('double', n));
const failing = workflow('failing', async () => {
  throw Object.assign(new Error('sold out'), { name: 'OutOfStock', details: { left: 0 } });
});
const countdown = workflow(
  'countdown',
  async (ctx, left: number): Promise<string> => (left === 0 ? 'liftoff' : ctx.continueAsNew(left - 1)),
);
const waits = workflow('waits', async (ctx) => ctx.waitForSignal<string>('go'));

function simulate(workflows: readonly AnyWorkflowDefinition[], more: Partial<SimulationOptions> = {}) {
  const all = [double, failing, countdown, waits, ...workflows];
  world = new Simulation({ workflows: all, activities: { double: (n) => 2 * (n as number) }, ...more });
}

async function closed(id: RunId, withinMs = 3_600_000) {
  await world.settleUntil(async () => isClosed((await world.find(id)).status), withinMs);
  return (await world.history(id)).at(-1);
}

async function resultOf(id: RunId): Promise<unknown> {
  return JSON.parse((await closed(id))?.payload ?? 'null');
}

const typesOf = async (id: RunId) => (await world.history(id)).map(({ type }) => type);
const statusOf = async (workflowId: string) => (await world.eventLog.reader.find('default', workflowId))?.status;

describe('a child', () => {
  it('starts, and gives its result', async () => {
    const parent = workflow('parent', async (ctx, n: number) => {
      const child = await ctx.startChild(double, { input: n });
      return [child.workflowId, await child.result()];
    });
    simulate([parent]);
    const id = await world.start('parent', 21);
    expect(await resultOf(id)).toEqual([`${id}.2`, 42]);
    expect(await typesOf(id)).toEqual([
      'WorkflowStarted',
      'ChildWorkflowInitiated',
      'ChildWorkflowStarted',
      'ChildWorkflowClosed',
      'WorkflowCompleted',
    ]);
    const child = await world.eventLog.reader.find('default', `${id}.2`);
    const [started] = await world.history(child?.runId as RunId);
    expect(started?.data).toMatchObject({ workflow: 'double', parent: { runId: id, workflowId: id, childSeq: 2 } });
  });

  it('fails with what it threw', async () => {
    const parent = workflow('parent', async (ctx) => {
      try {
        await ctx.child(failing);
      } catch (error) {
        const { status, failure } = error as ChildWorkflowFailedError;
        return [error instanceof ChildWorkflowFailedError, status, failure];
      }
    });
    simulate([parent]);
    const id = await world.start('parent');
    expect(await resultOf(id)).toEqual([true, 'Failed', { type: 'OutOfStock', message: 'sold out', details: { left: 0 } }]);
  });

  it('that continues as new reports with its last run', async () => {
    const parent = workflow('parent', async (ctx) => ctx.child(countdown, { input: 3, workflowId: 'count' }));
    simulate([parent]);
    expect(await resultOf(await world.start('parent'))).toBe('liftoff');
  });

  it('is refused an id that is in use', async () => {
    const parent = workflow('parent', async (ctx) => {
      const outcome = await ctx.child(double, { input: 1, workflowId: 'taken' }).catch((error) => error);
      return outcome instanceof ChildWorkflowIdInUseError;
    });
    simulate([parent]);
    await world.start('waits', undefined, { workflowId: 'taken' });
    expect(await resultOf(await world.start('parent'))).toBe(true);
  });

  it('comes by hundreds', async () => {
    const parent = workflow('parent', async (ctx, count: number) => {
      const results = await Promise.all(Array.from({ length: count }, (_, i) => ctx.child(double, { input: i })));
      return results.reduce((sum, result) => sum + result, 0);
    });
    simulate([parent]);
    expect(await resultOf(await world.start('parent', 500))).toBe(500 * 499);
  });

  it.each([
    { seed: 1, isStreamDurable: false },
    { seed: 2, isStreamDurable: false },
    { seed: 3, isStreamDurable: true, processes: 3 },
    { seed: 4, isStreamDurable: true, processes: 3, residentRuns: 1 },
  ])('starts and reports once, whatever dies when (%o)', async (more) => {
    const parent = workflow('parent', async (ctx, n: number) => {
      const results = await Promise.all(Array.from({ length: 5 }, (_, i) => ctx.child(double, { input: n + i })));
      return [...results, await ctx.child(countdown, { input: 2 })];
    });
    const faults = {
      crashes: 0.02,
      lostCommits: 0.1,
      lostMessages: 0.2,
      duplicates: 0.3,
      delays: 0.5,
      refusedCalls: 0.1,
      slowCalls: 0.3,
      moves: 0.2,
    };
    simulate([parent], { faults, resendAfterMs: 60_000, ...more });
    const ids = [];
    for (let n = 0; n < 5; n++) ids.push(await world.start('parent', n));
    world.clock.at(world.clock.now() + 60_000, () => world.chance.calm());
    for (const [n, id] of ids.entries()) {
      expect(await resultOf(id)).toEqual([...[0, 1, 2, 3, 4].map((i) => 2 * (n + i)), 'liftoff']);
    }
    await world.settle(120_000);
    const definitions = new Map([parent, double, countdown].map((definition) => [definition.name, definition]));
    expect(await violationsIn(world, ({ row }) => definitions.get(row.workflow))).toEqual([]);
    const rows = await world.eventLog.reader.search({ namespace: 'default', orderBy: newestFirst, limit: 1_000 });
    expect(rows.filter(({ workflow: name }) => name === 'double')).toHaveLength(25);
    expect(rows.every(({ status }) => isClosed(status))).toBe(true);
  });

  it('waits for its workflow to be registered', async () => {
    const parent = workflow('parent', async (ctx) => ctx.startChild('unheard-of'));
    simulate([parent]);
    const id = await world.start('parent');
    await world.settle(60_000);
    expect(await typesOf(id)).toEqual(['WorkflowStarted', 'ChildWorkflowInitiated']);
    expect(await statusOf(id)).toBe('Running');
  });
});

describe('when a parent closes', () => {
  const parent = workflow('parent', async (ctx, policy: ParentClosePolicy | undefined) => {
    await ctx.startChild(waits, { workflowId: 'child', ...(policy && { parentClosePolicy: policy }) });
    if ((await ctx.waitForSignal('how')) === 'continue') return ctx.continueAsNew('abandon');
  });

  it.each<[string, ParentClosePolicy | undefined]>([
    ['Terminated', undefined],
    ['Terminated', 'terminate'],
    ['Canceled', 'cancel'],
    ['Running', 'abandon'],
  ])('its child is %s by the policy %s', async (status, policy) => {
    simulate([parent]);
    const id = await world.start('parent', policy);
    await world.settle(1_000);
    await world.signal(id, 'how', 'complete');
    await closed(id);
    await world.settle(60_000);
    expect(await statusOf('child')).toBe(status);
  });

  it('that it is terminated itself makes no difference', async () => {
    simulate([parent]);
    const id = await world.start('parent');
    await world.settle(1_000);
    await world.request(id, { kind: 'terminate' });
    await world.settle(60_000);
    expect(await statusOf('child')).toBe('Terminated');
  });

  it('a child that had not started is started, and left when it is to be', async () => {
    const hasty = workflow('hasty', async (ctx) => {
      void ctx.startChild(waits, { workflowId: 'left', parentClosePolicy: 'abandon' });
      void ctx.startChild(waits, { workflowId: 'ended' });
      await ctx.run('step', () => 1);
    });
    simulate([hasty]);
    const id = await world.start('hasty');
    await closed(id);
    await world.settle(60_000);
    expect([await statusOf('left'), await statusOf('ended')]).toEqual(['Running', 'Terminated']);
  });

  it.each([5, 6, 7, 8, 9, 10])('no child is forgotten, whatever dies when (seed %i)', async (seed) => {
    const faults = { crashes: 0.05, lostCommits: 0.3, lostMessages: 0.3, refusedCalls: 0.2, slowCalls: 0.5 };
    const many = workflow('many', async (ctx) => {
      await Promise.all(Array.from({ length: 5 }, (_, i) => ctx.startChild(waits, { workflowId: `${ctx.workflowId}-${i}` })));
      void ctx.startChild(waits, { workflowId: `${ctx.workflowId}-late` });
    });
    simulate([many], { faults, seed, isStreamDurable: seed % 2 === 0, processes: seed % 2 === 0 ? 2 : 1 });
    for (let i = 0; i < 4; i++) await world.start('many', undefined, { workflowId: `many-${i}` });
    world.clock.at(world.clock.now() + 60_000, () => world.chance.calm());
    await world.settleUntil(() => world.openRuns === 0, 600_000);
    await world.settle(60_000);
    const rows = await world.eventLog.reader.search({ namespace: 'default', orderBy: newestFirst, limit: 1_000 });
    expect(rows.map(({ status }) => status).sort()).toEqual([...Array(4).fill('Completed'), ...Array(24).fill('Terminated')]);
  });
});

describe('when a parent is canceled that waits for a child', () => {
  const parent = workflow('parent', async (ctx, cancellation: 'request' | 'wait' | 'abandon') => {
    try {
      return await ctx.child(waits, { workflowId: 'child', cancellation, parentClosePolicy: 'abandon' });
    } catch (error) {
      if (!(error instanceof WorkflowCanceledError)) return 'another error';
      await ctx.run('clean up', () => 1);
      throw error;
    }
  });

  it.each([
    ['request', 'Canceled'],
    ['wait', 'Canceled'],
    ['abandon', 'Running'],
  ])('%s makes the child %s, and the parent Canceled', async (cancellation, status) => {
    simulate([parent]);
    const id = await world.start('parent', cancellation);
    await world.settle(1_000);
    await world.request(id, { kind: 'cancel', reason: 'enough' });
    expect(await closed(id)).toMatchObject({ type: 'WorkflowCanceled', data: { reason: 'enough' } });
    await world.settle(10_000);
    expect(await statusOf('child')).toBe(status);
    const types = await typesOf(id);
    const order = types.indexOf('ChildWorkflowClosed') < types.indexOf('StepCompleted');
    if (cancellation === 'wait') expect(order).toBe(true);
  });
});

describe('another workflow', () => {
  const sender = workflow('sender', async (ctx, { to, runId }: { to: string; runId?: string }) => {
    const other = ctx.handle(to, runId === undefined ? {} : { runId });
    return other.signal('go', 'now').then(
      () => 'sent',
      (error: Error) => error.name,
    );
  });

  it('gets a signal', async () => {
    simulate([sender]);
    const other = await world.start('waits', undefined, { workflowId: 'other' });
    expect(await resultOf(await world.start('sender', { to: 'other' }))).toBe('sent');
    expect(await resultOf(other)).toBe('now');
  });

  it('must be there and open', async () => {
    simulate([sender]);
    const done = await world.start('countdown', 0, { workflowId: 'done' });
    await closed(done);
    expect(await resultOf(await world.start('sender', { to: 'nobody' }))).toBe('ExternalWorkflowNotFoundError');
    expect(await resultOf(await world.start('sender', { to: 'done' }))).toBe('ExternalWorkflowClosedError');
    expect(await resultOf(await world.start('sender', { to: 'done', runId: done }))).toBe('ExternalWorkflowClosedError');
  });

  it('is asked to cancel', async () => {
    const canceler = workflow('canceler', async (ctx) => ctx.handle('other').cancel('no more'));
    simulate([canceler]);
    const other = await world.start('waits', undefined, { workflowId: 'other' });
    await world.start('canceler');
    expect(await closed(other)).toMatchObject({ type: 'WorkflowCanceled', data: { reason: 'no more' } });
  });

  it.each([1, 2, 3])('gets every signal once, whatever dies when (seed %i)', async (seed) => {
    const chatty = workflow('chatty', async (ctx) => {
      for (let i = 0; i < 5; i++) await ctx.handle('ear').signal('word', i);
      void ctx.handle('ear').signal('word', 'last');
    });
    const ear = workflow('ear', async (ctx) => {
      const words: unknown[] = [];
      while (words.length < 6) words.push(await ctx.waitForSignal('word'));
      return words;
    });
    const faults = { crashes: 0.05, lostCommits: 0.3, lostMessages: 0.3, duplicates: 0.5, refusedCalls: 0.2 };
    simulate([chatty, ear], { faults, seed, isStreamDurable: true, processes: 2 });
    const listener = await world.start('ear', undefined, { workflowId: 'ear' });
    await world.start('chatty');
    world.clock.at(world.clock.now() + 60_000, () => world.chance.calm());
    expect(await resultOf(listener)).toEqual([0, 1, 2, 3, 4, 'last']);
  });
});
