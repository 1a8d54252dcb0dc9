import { beforeAll, describe, expect, it } from '@jest/globals';
import { type HistoryEvent, outboxEntryId, type RunRequest, runId } from '@marathon/core';
import { WorkflowCanceledError, workflow } from '@marathon/workflow';
import { unanswered } from '../simulation/simulated-workers.js';
import { Simulation } from '../simulation/simulation.js';
import { type CheckedEventLog, violationsOf } from './check-event-log.js';
import type { CheckedRun } from './check-run.js';
import { eventLogOf } from './check-simulation.js';

/** Everything that checks look at: activities that fail and succeed, a timer, a step, signals, a successor, an end by cancellation. */
const busy = workflow('busy', async (ctx, isSecond: boolean) => {
  if (isSecond) return 'end';
  await ctx.waitForSignal('go');
  await Promise.all([ctx.activity('flaky'), ctx.sleep('5s'), ctx.run('step', () => 1)]);
  await ctx.activity('echo', await ctx.waitForSignal('go'));
  return ctx.continueAsNew(true);
});
const canceled = workflow('canceled', (ctx) =>
  Promise.all([ctx.activity('never'), ctx.sleep('1h')]).catch((error) => Promise.reject(error as WorkflowCanceledError)),
);
const sleeper = workflow('sleeper', (ctx) => ctx.waitForSignal('never'));
const workflows = [busy, canceled, sleeper];

let sound: CheckedEventLog;
beforeAll(async () => {
  const activities = {
    echo: (input: unknown) => input,
    never: () => unanswered,
    flaky: (_: unknown, attempt: number) => {
      if (attempt < 2) throw new Error('not yet');
    },
  };
  const world = new Simulation({ workflows, activities });
  await world.start('busy', false, { workflowId: 'busy' });
  for (const n of [1, 2, 3]) await world.signal('busy', 'go', n);
  await world.start('canceled', undefined, { workflowId: 'canceled' });
  await world.start('sleeper', undefined, { workflowId: 'sleeper' });
  await world.start('sleeper', undefined, { workflowId: 'terminated' });
  await world.settle();
  await world.request('canceled', { kind: 'cancel', reason: 'enough' });
  await world.request('terminated', { kind: 'resume' });
  await world.request('terminated', { kind: 'terminate' });
  await world.settle(60_000);
  sound = await eventLogOf(world, ({ row }) => workflows.find(({ name }) => name === row.workflow));
  await world.stop();
});

/** The log with one run changed. */
function withRun(workflowId: string, change: (run: CheckedRun) => CheckedRun): CheckedEventLog {
  let isChanged = false;
  const runs = sound.runs.map((run) => {
    if (run.row.workflowId !== workflowId || (workflowId === 'busy' && run.history.length < 5)) return run;
    isChanged = true;
    return change(run);
  });
  expect(isChanged).toBe(true);
  return { ...sound, runs };
}

const withHistory = (workflowId: string, change: (history: readonly HistoryEvent[]) => readonly HistoryEvent[]) =>
  withRun(workflowId, (run) => {
    const history = change(run.history);
    return { ...run, history, row: { ...run.row, lastSeq: history.at(-1)?.seq ?? 0 } };
  });

/** Changes the first event of a type; `undefined` leaves it out, and numbers the rest again. */
function alter(type: HistoryEvent['type'], change: (event: HistoryEvent) => HistoryEvent | undefined) {
  return (history: readonly HistoryEvent[]) => {
    const at = history.findIndex((event) => event.type === type);
    const altered = change(history[at] as HistoryEvent);
    if (altered) return history.map((event, i) => (i === at ? altered : event));
    return numbered(history.filter((_, i) => i !== at));
  };
}

const numbered = (history: readonly HistoryEvent[]) => history.map((event, i) => ({ ...event, seq: i + 1 }) as HistoryEvent);
const again = (type: HistoryEvent['type']) => (history: readonly HistoryEvent[]) => {
  const at = history.findIndex((event) => event.type === type);
  return numbered(history.toSpliced(at + 1, 0, history[at] as HistoryEvent));
};
const data = (change: object) => (event: HistoryEvent) => ({ ...event, data: { ...event.data, ...change } }) as HistoryEvent;
const accepted = (change: (requests: readonly RunRequest[]) => readonly RunRequest[]) => (run: CheckedRun) => ({
  ...run,
  accepted: change(run.accepted),
});

describe('the check of an event log', () => {
  it('finds nothing in a sound one', async () => {
    expect(await violationsOf(sound)).toEqual([]);
    expect(sound.runs.map(({ row }) => row.status).sort()).toEqual(['Canceled', 'Completed', 'ContinuedAsNew', 'Running', 'Terminated']);
  });

  it.each<[string, () => CheckedEventLog, RegExp]>([
    ['a gap', () => withHistory('busy', (history) => history.filter(({ seq }) => seq !== 4)), /event 4 has the number 5/],
    [
      'a number twice',
      () =>
        withHistory(
          'busy',
          alter('TimerFired', (event) => ({ ...event, seq: event.seq - 1 })),
        ),
      /has the number/,
    ],
    [
      'time that goes back',
      () =>
        withHistory(
          'busy',
          alter('TimerFired', (event) => ({ ...event, at: 1 })),
        ),
      /from before the one before it/,
    ],
    [
      'no start',
      () => withHistory('sleeper', () => [{ seq: 1, at: 1, type: 'WorkflowResumed', data: {} }]),
      /event 1 is a WorkflowResumed/,
    ],
    ['a second start', () => withHistory('busy', again('WorkflowStarted')), /event 2 is a WorkflowStarted/],
    ['events after the end', () => withHistory('canceled', again('WorkflowCanceled')), /closes the run, and more follow/],
    [
      'a row that lags behind',
      () => withRun('busy', (run) => ({ ...run, row: { ...run.row, lastSeq: 1 } })),
      /the row says that 1 is the last event/,
    ],
    ['a row of another status', () => withRun('busy', (run) => ({ ...run, row: { ...run.row, status: 'Failed' } })), /the row says Failed/],
    [
      'a row that calls a closed run open',
      () => withRun('busy', (run) => ({ ...run, row: { ...run.row, status: 'Running' } })),
      /says Running/,
    ],
    ['a row of another time', () => withRun('busy', (run) => ({ ...run, row: { ...run.row, closedAtMs: 7 } })), /closed at 7/],
    [
      'a signal that is missing',
      () =>
        withHistory(
          'busy',
          alter('SignalReceived', () => undefined),
        ),
      /request 1 \(signal\) is not recorded/,
    ],
    ['a signal that is there twice', () => withHistory('busy', again('SignalReceived')), /request 1 is recorded after 1/],
    ['signals out of order', () => withHistory('busy', alter('SignalReceived', data({ n: 9 }))), /request 2 is recorded after 9/],
    [
      'a signal of another content',
      () =>
        withHistory(
          'busy',
          alter('SignalReceived', (event) => ({ ...event, payload: '7' }) as HistoryEvent),
        ),
      /request 1 is recorded as/,
    ],
    [
      'a request that nobody made',
      () =>
        withRun(
          'busy',
          accepted((requests) => requests.slice(1)),
        ),
      /request 1 was never accepted/,
    ],
    [
      'a cancel that is missing',
      () =>
        withHistory(
          'canceled',
          alter('CancelRequested', () => undefined),
        ),
      /request 1 \(cancel\) is not recorded/,
    ],
    [
      'a resume that is missing',
      () =>
        withHistory(
          'terminated',
          alter('WorkflowResumed', () => undefined),
        ),
      /request 1 \(resume\) is not recorded/,
    ],
    [
      'a terminate that is missing',
      () =>
        withRun(
          'sleeper',
          accepted(() => [{ kind: 'terminate', n: 1 }]),
        ),
      /request 1 \(terminate\) is not recorded/,
    ],
    ['two outcomes of an activity', () => withHistory('busy', again('ActivityCompleted')), /is over, or never began/],
    [
      'an outcome of no activity',
      () => withHistory('busy', alter('ActivityCompleted', data({ activitySeq: 1 }))),
      /1 is over, or never began/,
    ],
    ['a timer for an activity', () => withHistory('busy', alter('TimerFired', data({ timerSeq: 3 }))), /3 is over, or never began/],
    ['a timer that fires twice', () => withHistory('busy', again('TimerFired')), /is over, or never began/],
    [
      'a timer that fires too early',
      () => withHistory('busy', alter('TimerStarted', data({ firesAtMs: 9e15 }))),
      /it is not 9000000000000000 yet/,
    ],
    ['a step that is over twice', () => withHistory('busy', again('StepCompleted')), /step 1 is over/],
    [
      'an attempt out of order',
      () => withHistory('busy', alter('ActivityRetryScheduled', data({ attempt: 3 }))),
      /it is of attempt 3, at attempt 1/,
    ],
    [
      'a result of an attempt to come',
      () => withHistory('busy', alter('ActivityCompleted', data({ attempt: 3 }))),
      /it is of attempt 3, at attempt 2/,
    ],
    [
      'another command',
      () => withHistory('busy', alter('ActivityScheduled', data({ activity: 'other' }))),
      /expected ActivityScheduled "other"/,
    ],
    [
      'another result',
      () =>
        withHistory(
          'busy',
          alter('WorkflowContinuedAsNew', (event) => ({ ...event, payload: 'false' }) as HistoryEvent),
        ),
      /expected WorkflowContinuedAsNew with input false/,
    ],
    [
      'a command that is missing',
      () =>
        withHistory(
          'canceled',
          alter('TimerStarted', () => undefined),
        ),
      /replay|over/,
    ],
    [
      'no successor',
      () => ({ ...sound, runs: sound.runs.filter(({ history }) => history.length > 2 || history.length === 1) }),
      /its successor .* does not exist/,
    ],
    [
      'an entry in the outbox',
      () => ({ ...sound, outbox: [{ id: outboxEntryId('7'), runs: [{ runId: runId('r'), afterSeq: 0, toSeq: 1 }] }] }),
      /r: outbox entry 7 is left/,
    ],
    ['a request that waits', () => ({ ...sound, waitingRequests: [{ runId: runId('r') }] }), /r: a request waits/],
  ])('finds %s', async (_, plant, expected) => {
    expect((await violationsOf(plant())).join('\n')).toMatch(expected);
  });

  it.each<[string, object, RegExp]>([
    ['another predecessor', { continuedFrom: runId('other') }, /its successor continues other/],
    ['signals that were consumed', { signals: [{ name: 'go', payload: '1' }] }, /it left the signals .*"3".*, its successor got .*"1"/],
    ['no signals', { signals: undefined }, /its successor got \[\]/],
  ])('finds a successor with %s', async (_, change, expected) => {
    const runs = sound.runs.map((run) => {
      const [started] = run.history;
      return started?.type === 'WorkflowStarted' && started.data.continuedFrom
        ? { ...run, history: run.history.with(0, data(change)(started)) }
        : run;
    });
    expect((await violationsOf({ ...sound, runs })).join('\n')).toMatch(expected);
  });

  it('finds an open run that nothing will ever move', async () => {
    const stuck = workflow('sleeper', () => new Promise(() => {}));
    const definitionOf = ({ row }: CheckedRun) => (row.workflow === 'sleeper' ? stuck : undefined);
    expect((await violationsOf({ ...sound, definitionOf })).join('\n')).toMatch(/nothing will ever move it/);
  });
});
