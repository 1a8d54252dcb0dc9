import { describe, expect, it } from '@jest/globals';
import type { HistoryEntry } from '../history-checks.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const typesOf = (history: readonly HistoryEntry[]): readonly string[] => history.map(({ type }) => type);
const count = (history: readonly HistoryEntry[], type: string): number => typesOf(history).filter((each) => each === type).length;

describe('workflow code', () => {
  it('runs activities one after the other', async () => {
    const { workflowId, result } = await system.api.run('e2e.sequence', { start: 1, count: 10 });
    expect(result).toBe(1024);
    const types = typesOf(await system.api.history(workflowId)).slice(1, -1);
    expect(types).toEqual(Array.from({ length: 10 }, () => ['ActivityScheduled', 'ActivityCompleted']).flat());
  });

  it('runs a hundred activities at once and joins them in order', async () => {
    system.inAnyOrder('which activity ends first');
    const { workflowId, result } = await system.api.run('e2e.fan-out', { count: 100 });
    expect(result).toEqual(Array.from({ length: 100 }, (_, i) => 2 * i));
    const types = typesOf(await system.api.history(workflowId));
    expect(types.slice(1, 101)).toEqual(Array.from({ length: 100 }, () => 'ActivityScheduled'));
    expect(types).toHaveLength(202);
  });

  it('goes on with the first of several', async () => {
    expect((await system.api.run('e2e.race-won-by-activity')).result).toBe(42);
  });

  it('goes on with the first that succeeds', async () => {
    system.inAnyNumber('whether the other has failed by then');
    expect((await system.api.run('e2e.any')).result).toBe(8);
  });

  it('is told of every failure when none succeeds', async () => {
    system.inAnyOrder('which of two activities fails first');
    expect((await system.api.run('e2e.any-without-winner')).result).toEqual(['First', 'Second']);
  });

  it('sees how each of several has ended', async () => {
    system.inAnyOrder('which of them ends first');
    expect((await system.api.run('e2e.all-settled')).result).toEqual([6, 'ActivityFailedError', 'nothing', 'seen']);
  });

  it('fails with the first of several that fails', async () => {
    expect(await system.api.run('e2e.all-with-failure')).toMatchObject({ status: 'Failed', failure: { type: 'ActivityFailedError' } });
  });

  it('fails with what it throws, details and cause included', async () => {
    const { status, failure } = await system.api.run('e2e.failing', { message: 'sold out' });
    expect(status).toBe('Failed');
    expect(failure).toEqual({
      type: 'OutOfStock',
      message: 'sold out',
      details: { sku: 'tea', left: 0 },
      cause: { type: 'RangeError', message: 'the shelf is empty' },
    });
  });

  it('fails also with what is no error', async () => {
    const { failure } = await system.api.run('e2e.throwing-text');
    expect(failure).toEqual({ type: 'NonError', message: 'no error at all' });
  });

  it('has a time and a chance of its own', async () => {
    const outcomes = await Promise.all([0, 1].map(() => system.api.run('e2e.chance')));
    for (const { workflowId, result } of outcomes) {
      const [started] = await system.api.history(workflowId);
      const at = Date.parse(started?.at as string);
      expect([result.now, result.date, Date.parse(result.newDate)]).toEqual([at, at, at]);
      expect(result.random).toBeLessThan(1);
      expect(result.uuids[0]).not.toBe(result.uuids[1]);
    }
    expect(outcomes[0]?.result.random).not.toBe(outcomes[1]?.result.random);
    expect(outcomes[0]?.result.uuids).not.toEqual(outcomes[1]?.result.uuids);
  });
});

describe('steps in place', () => {
  it('are recorded in the order in which they were done, without a scheduled event', async () => {
    const { workflowId, result } = await system.api.run('e2e.steps', { count: 3 });
    expect(result).toEqual([1, 2, 3].map((i) => ({ i, isInRealTime: true })));
    const history = await system.api.history(workflowId);
    expect(typesOf(history)).toEqual(['WorkflowStarted', 'StepCompleted', 'StepCompleted', 'StepCompleted', 'WorkflowCompleted']);
    expect(history[1]?.data).toEqual({ step: 1, name: 'step-1', inputDigest: expect.any(String), result: { i: 1, isInRealTime: true } });
  });

  it('may fail, and the code goes on', async () => {
    const { workflowId, result } = await system.api.run('e2e.steps', { count: 2, failAt: 1 });
    expect(result).toEqual([
      { error: 'StepFailedError', type: 'RangeError' },
      { i: 2, isInRealTime: true },
    ]);
    const failed = await system.api.event(workflowId, 'StepFailed');
    expect(failed.data).toMatchObject({ step: 1, failure: { type: 'RangeError', message: 'step 1 cannot be done' } });
  });

  it('are done many at once', async () => {
    const { workflowId, result } = await system.api.run('e2e.parallel-steps', { count: 50 });
    expect(result).toEqual(Array.from({ length: 50 }, (_, i) => i * i));
    expect(count(await system.api.history(workflowId), 'StepCompleted')).toBe(50);
  });

  it('are tried again as their options say, and fail with the last attempt', async () => {
    const stubborn = { failures: 2, interval: '10ms' };
    const { workflowId, result } = await system.api.run('e2e.retried-step', stubborn);
    expect(result).toBe(3);
    const retried = ['StepRetryScheduled', 'StepRetryDue'];
    expect(typesOf(await system.api.history(workflowId))).toEqual([
      'WorkflowStarted',
      ...retried,
      ...retried,
      'StepCompleted',
      'WorkflowCompleted',
    ]);
    const failed = await system.api.started('e2e.retried-step', { ...stubborn, attemptsMax: 2 });
    expect(await system.api.outcome(failed.workflowId)).toMatchObject({
      status: 'Failed',
      failure: { type: 'StepFailedError', message: expect.stringContaining('at attempt 2'), cause: { type: 'Stubborn' } },
    });
  });

  it('are tried again when an attempt has run out of its time', async () => {
    expect((await system.api.run('e2e.hanging-step')).result).toBe('in time');
  });

  it('may do what the code around them may not', async () => {
    expect((await system.api.run('e2e.step-with-timer')).result).toBe('waited');
  });
});

describe('time', () => {
  it('passes for as long as the code sleeps', async () => {
    const { workflowId, result } = await system.api.run('e2e.sleep', { duration: '200ms' });
    expect(result).toBe('awake');
    const [, started, fired] = await system.api.history(workflowId);
    expect([started?.type, fired?.type]).toEqual(['TimerStarted', 'TimerFired']);
    expect(started?.data).toMatchObject({ durationMs: 200, firesAtMs: Date.parse(started?.at as string) + 200 });
    expect(Date.parse(fired?.at as string)).toBeGreaterThanOrEqual(Number(started?.data.firesAtMs));
  });

  it('lets timers fire in their order', async () => {
    expect((await system.api.run('e2e.timers')).result).toEqual(['none', 'short', 'middle', 'long']);
  });

  it('begins for the code when its start delay is over', async () => {
    const { workflowId } = await system.api.started('e2e.echo', 'delayed', { startDelay: '300ms' });
    expect((await system.api.outcome(workflowId)).result).toBe('delayed');
    const [started, elapsed] = await system.api.history(workflowId);
    expect(elapsed?.type).toBe('WorkflowStartDelayElapsed');
    expect(Date.parse(elapsed?.at as string) - Date.parse(started?.at as string)).toBeGreaterThanOrEqual(300);
  });

  it('has not begun while the start delay lasts', async () => {
    const { workflowId } = await system.api.started('e2e.echo', 'delayed', { startDelay: '1h' });
    expect((await system.api.result(workflowId, { wait: '100ms' })).status).toBe(202);
    expect(await system.api.describe(workflowId)).toMatchObject({ status: 'Pending', lastSeq: 1 });
    await system.api.terminate(workflowId);
  });

  it('ends a run that is open for longer than it may be', async () => {
    const { workflowId } = await system.api.started('e2e.sleep', { duration: '1h' }, { runTimeout: '200ms' });
    expect(await system.api.outcome(workflowId)).toMatchObject({ status: 'TimedOut' });
    const history = await system.api.history(workflowId);
    expect(history.at(-1)).toMatchObject({ type: 'WorkflowTimedOut', data: { runTimeoutMs: 200 } });
  });

  it('is counted from the start of the code, when that is delayed', async () => {
    const more = { startDelay: '300ms', runTimeout: '300ms' };
    const { workflowId } = await system.api.started('e2e.sleep', { duration: '1h' }, more);
    expect(await system.api.outcome(workflowId)).toMatchObject({ status: 'TimedOut' });
    const history = await system.api.history(workflowId);
    expect(typesOf(history)).toEqual(['WorkflowStarted', 'WorkflowStartDelayElapsed', 'TimerStarted', 'WorkflowTimedOut']);
    expect(Date.parse(history.at(-1)?.at as string) - Date.parse(history[0]?.at as string)).toBeGreaterThanOrEqual(600);
  });

  it('does not end a run that was done in time', async () => {
    const { status } = await system.api.run('e2e.echo', 1, { runTimeout: '1h' });
    expect(status).toBe('Completed');
  });
});

describe('continue-as-new', () => {
  it('gives the result of the last run to whoever waits for the first', async () => {
    const { workflowId, result } = await system.api.run('e2e.countdown', { left: 3 });
    expect(result).toEqual({ done: true, value: 0 });
    expect((await system.api.list({ workflowId })).body.workflows.map(({ status }) => status)).toEqual([
      'Completed',
      ...Array.from({ length: 3 }, () => 'ContinuedAsNew'),
    ]);
  });

  it('begins each run with a history of its own, that names the ones before', async () => {
    const { workflowId, runId: firstRunId } = await system.api.started('e2e.countdown', { left: 2 }, { memo: { kept: true } });
    const { runId: lastRunId } = await system.api.outcome(workflowId);
    const { workflows } = (await system.api.list({ workflowId })).body;
    expect(workflows.map(({ runId }) => runId)).toEqual([lastRunId, expect.any(String), firstRunId]);
    const [last, middle, first] = await Promise.all(workflows.map(({ runId }) => system.api.history(workflowId, { runId })));
    expect(first?.at(-1)).toMatchObject({
      type: 'WorkflowContinuedAsNew',
      data: { newRunId: middle && workflows[1]?.runId, input: { left: 1 } },
    });
    expect(middle?.[0]?.data).toMatchObject({ continuedFrom: firstRunId, firstRunId, input: { left: 1 }, memo: { kept: true } });
    expect(last?.[0]?.data).toMatchObject({ continuedFrom: workflows[1]?.runId, firstRunId });
  });

  it('takes signals along that were not consumed', async () => {
    system.inAnyNumber('which signals come before a run continues as new');
    const { workflowId } = await system.api.started('e2e.gathering', { wanted: 5 });
    const sent = [1, 2, 3, 4, 5];
    for (const item of sent) expect((await system.api.signal(workflowId, 'item', item)).status).toBe(202);
    const { result } = await system.api.outcome(workflowId);
    expect(result).toEqual(sent);
  });

  it('loses no signal that comes while runs follow each other', async () => {
    system.inAnyNumber('which signals come before a run continues as new');
    const wanted = 30;
    const { workflowId } = await system.api.started('e2e.gathering', { wanted });
    const answers = await Promise.all(Array.from({ length: wanted }, (_, i) => system.api.signal(workflowId, 'item', i)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const { result } = await system.api.outcome(workflowId);
    expect([...result].sort((a, b) => a - b)).toEqual(Array.from({ length: wanted }, (_, i) => i));
  });
});
