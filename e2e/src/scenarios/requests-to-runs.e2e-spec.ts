import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../api/answers.js';
import { freshId } from '../api/api-client.js';
import type { HistoryEntry } from '../history-checks.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const signalsIn = (history: readonly HistoryEntry[]): readonly unknown[] =>
  history.filter(({ type }) => type === 'SignalReceived').map(({ data }) => data.payload);

/** A run that receives signals called `seen`, with the address that activities report to. */
async function observer(count: number) {
  const { workflowId } = await system.api.started('e2e.collect', { name: 'seen', count });
  return {
    notify: `${system.api.url}/workflows/${workflowId}/signals/seen`,
    seen: async () => (await system.api.outcome(workflowId)).result,
  };
}

describe('a signal', () => {
  it('is answered when it is durable, and reaches the code that waits', async () => {
    const { workflowId, runId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    await system.api.describeWhen(workflowId, ({ pending }) => pending.signals.includes('go'));
    const { status, body } = await system.api.signal(workflowId, 'go', { at: 'once' });
    expect([status, body]).toEqual([202, { workflowId, runId }]);
    expect((await system.api.outcome(workflowId)).result).toEqual([{ at: 'once' }]);
  });

  it('may carry nothing', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    await system.api.signal(workflowId, 'go');
    expect((await system.api.outcome(workflowId)).result).toEqual(['nothing']);
    expect((await system.api.event(workflowId, 'SignalReceived')).data).toEqual({ n: 1, name: 'go' });
  });

  it('is kept when it comes before the code waits for it', async () => {
    const { workflowId } = await system.api.started('e2e.taking-late');
    for (const item of [1, 2]) await system.api.signal(workflowId, 'item', item);
    await system.api.signal(workflowId, 'now');
    expect((await system.api.outcome(workflowId)).result).toEqual([1, 2]);
  });

  it('is kept when it comes before the code has begun', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 2 }, { startDelay: '300ms' });
    for (const payload of [1, 2]) await system.api.signal(workflowId, 'go', payload);
    expect((await system.api.outcome(workflowId)).result).toEqual([1, 2]);
  });

  it('goes to whoever waits for its name', async () => {
    const { workflowId } = await system.api.started('e2e.both');
    await system.api.signal(workflowId, 'right', 'r');
    await system.api.signal(workflowId, 'left', 'l');
    expect((await system.api.outcome(workflowId)).result).toEqual({ left: 'l', right: 'r' });
  });

  it('may have any name that a path can carry', async () => {
    const name = 'a/b c?d=ü#🦊%41';
    const { workflowId } = await system.api.started('e2e.collect', { name, count: 1 });
    await system.api.signal(workflowId, name, 1);
    expect((await system.api.outcome(workflowId)).result).toEqual([1]);
  });

  it('is one of many, that all arrive once, in the order of their numbers', async () => {
    system.inAnyNumber('which signal comes first, and so the result');
    const count = 200;
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count });
    const answers = await Promise.all(Array.from({ length: count }, (_, i) => system.api.signal(workflowId, 'go', i)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const { result } = await system.api.outcome(workflowId);
    expect(signalsIn(await system.api.history(workflowId))).toEqual(result);
    expect([...result].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it('to a closed run is refused, and the run named', async () => {
    const { workflowId, runId } = await system.api.run('e2e.echo');
    const { status, body } = await system.api.signal<Problem>(workflowId, 'go', 1);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'MARATHON_RUN_CLOSED', workflowId, runId, runStatus: 'Completed' });
  });

  it('around the end of a run is in its history if and only if it was taken', async () => {
    system.inAnyNumber('which signals come before the run has closed');
    const runs = Array.from({ length: 10 }, () => freshId('closing'));
    await Promise.all(runs.map((workflowId) => system.api.started('e2e.collect', { name: 'go', count: 1 }, { workflowId })));
    for (const workflowId of runs) {
      const payloads = Array.from({ length: 20 }, (_, i) => i);
      const answers = await Promise.all(payloads.map((payload) => system.api.signal(workflowId, 'go', payload)));
      const taken = payloads.filter((_, i) => answers[i]?.status === 202);
      const refused = answers.filter(({ status }) => status === 409);
      expect(taken.length + refused.length).toBe(20);
      await system.api.outcome(workflowId);
      const recorded = signalsIn(await system.api.history(workflowId)) as number[];
      expect(recorded.toSorted((a, b) => a - b)).toEqual(taken);
    }
  });

  it('to one run of a workflow id leaves the others alone', async () => {
    const workflowId = freshId('twice');
    const first = await system.api.run('e2e.echo', 1, { workflowId });
    await system.api.started('e2e.collect', { name: 'go', count: 1 }, { workflowId });
    const path = `/workflows/${workflowId}/signals/go?runId=${first.runId}`;
    expect((await system.api.call('POST', path, { json: 1 })).status).toBe(409);
    await system.api.terminate(workflowId);
  });
});

describe('an Idempotency-Key of a signal', () => {
  it('makes a repeated signal the same signal', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 2 });
    const key = freshId('key');
    const answers = await Promise.all(Array.from({ length: 10 }, () => system.api.signal(workflowId, 'go', 'once', key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    await system.api.signal(workflowId, 'go', 'another');
    expect((await system.api.outcome(workflowId)).result).toEqual(['once', 'another']);
  });

  it('is known also when the run has closed', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    const key = freshId('key');
    await system.api.signal(workflowId, 'go', 'once', key);
    await system.api.outcome(workflowId);
    expect((await system.api.signal(workflowId, 'go', 'once', key)).status).toBe(202);
    expect((await system.api.signal(workflowId, 'go', 'once', freshId('key'))).status).toBe(409);
    expect(signalsIn(await system.api.history(workflowId))).toEqual(['once']);
  });

  it('belongs to its run: another run has its own', async () => {
    const key = freshId('key');
    const runs = await Promise.all([0, 1].map(() => system.api.started('e2e.collect', { name: 'go', count: 1 })));
    for (const { workflowId } of runs) await system.api.signal(workflowId, 'go', 'mine', key);
    for (const { workflowId } of runs) expect((await system.api.outcome(workflowId)).result).toEqual(['mine']);
  });
});

describe('a cancellation', () => {
  it('ends what the code waits for, and closes the run as canceled', async () => {
    const { workflowId } = await system.api.started('e2e.sleep', { duration: '1h' });
    await system.api.event(workflowId, 'TimerStarted');
    expect((await system.api.cancel(workflowId, 'changed my mind')).status).toBe(202);
    const outcome = await system.api.outcome(workflowId);
    expect(outcome.status).toBe('Canceled');
    const history = await system.api.history(workflowId);
    expect(history.map(({ type }) => type)).toEqual([
      ...['WorkflowStarted', 'TimerStarted', 'CancelRequested', 'TimerCanceled', 'WorkflowCanceled'],
    ]);
    expect(history[2]?.data).toEqual({ n: 1, reason: 'changed my mind' });
    expect(history[4]?.data).toEqual({ reason: 'changed my mind' });
  });

  it('reaches the activity that runs', async () => {
    const { notify, seen } = await observer(1);
    const { workflowId } = await system.api.started('e2e.waiting', { notify });
    await system.api.event(workflowId, 'ActivityStarted');
    await system.api.cancel(workflowId);
    expect(await seen()).toEqual([{ because: 'canceled', attempt: 1 }]);
    expect((await system.api.outcome(workflowId)).status).toBe('Canceled');
    const types = (await system.api.history(workflowId)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['ActivityCanceled', 'TimerCanceled']));
  });

  it('lets the code clean up', async () => {
    const { workflowId } = await system.api.started('e2e.cleaning-up');
    await system.api.event(workflowId, 'TimerStarted');
    await system.api.cancel(workflowId, 'enough');
    expect((await system.api.outcome(workflowId)).status).toBe('Canceled');
    const cleanUp = await system.api.event(workflowId, 'ActivityCompleted');
    expect(cleanUp.data.result).toEqual({ cleaned: 'enough', cancelRequested: true });
    expect((await system.api.history(workflowId)).filter(({ type }) => type === 'TimerFired')).toHaveLength(1);
  });

  it('may be declined by the code', async () => {
    const { workflowId } = await system.api.started('e2e.insisting');
    await system.api.describeWhen(workflowId, ({ pending }) => pending.signals.length > 0);
    await system.api.cancel(workflowId);
    expect(await system.api.outcome(workflowId)).toMatchObject({ status: 'Completed', result: { insisted: true, reason: null } });
  });

  it('of a closed run is refused', async () => {
    const { workflowId } = await system.api.run('e2e.echo');
    const { status, body } = await system.api.cancel<Problem>(workflowId);
    expect([status, body.code]).toEqual([409, 'MARATHON_RUN_CLOSED']);
  });

  it('aborts the loser of a race as well, when its run has closed', async () => {
    const { notify, seen } = await observer(1);
    const { workflowId } = await system.api.started('e2e.race-won-by-timer', { notify });
    await system.api.event(workflowId, 'ActivityStarted');
    await system.api.signal(workflowId, 'enough');
    expect((await system.api.outcome(workflowId)).result).toBe('signal');
    expect(await seen()).toEqual([{ because: 'canceled', attempt: 1 }]);
  });
});

describe('a termination', () => {
  it('closes the run at once, and its code does not notice', async () => {
    const { workflowId } = await system.api.started('e2e.cleaning-up');
    await system.api.event(workflowId, 'TimerStarted');
    expect((await system.api.terminate(workflowId, 'no longer needed')).status).toBe(202);
    expect((await system.api.outcome(workflowId)).status).toBe('Terminated');
    const history = await system.api.history(workflowId);
    expect(history.map(({ type }) => type)).toEqual(['WorkflowStarted', 'TimerStarted', 'WorkflowTerminated']);
    expect(history.at(-1)?.data).toEqual({ n: 1, reason: 'no longer needed' });
  });

  it('reaches the activity that runs', async () => {
    const { notify, seen } = await observer(1);
    const { workflowId } = await system.api.started('e2e.waiting', { notify });
    await system.api.event(workflowId, 'ActivityStarted');
    await system.api.terminate(workflowId);
    expect(await seen()).toEqual([{ because: 'canceled', attempt: 1 }]);
  });

  it('ends a run that has not begun', async () => {
    const { workflowId } = await system.api.started('e2e.echo', 1, { startDelay: '1h' });
    await system.api.terminate(workflowId);
    expect((await system.api.outcome(workflowId)).status).toBe('Terminated');
  });

  it('of a closed run is refused', async () => {
    const { workflowId } = await system.api.run('e2e.echo');
    expect((await system.api.terminate(workflowId)).status).toBe(409);
  });
});
