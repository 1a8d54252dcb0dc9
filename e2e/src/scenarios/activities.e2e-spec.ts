import { describe, expect, it } from '@jest/globals';
import type { HistoryEntry } from '../history-checks.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const typesOf = (history: readonly HistoryEntry[]): readonly string[] => history.map(({ type }) => type);
const retriesOf = (history: readonly HistoryEntry[]): readonly HistoryEntry[] =>
  history.filter(({ type }) => type === 'ActivityRetryScheduled');

/** The back-offs of a run's retries, in milliseconds. */
const backOffsOf = (history: readonly HistoryEntry[]): readonly number[] =>
  retriesOf(history).map(({ at, data }) => Number(data.firesAtMs) - Date.parse(at));

describe('activities as functions', () => {
  it('give failures of the business as values, which no attempt repeats', async () => {
    expect((await system.api.run('e2e.discount', { code: 'TEA' })).result).toBe(10);
    const { workflowId, result } = await system.api.run('e2e.discount', { code: 'MUD' });
    expect(result).toBe('no discount for MUD');
    const types = (await system.api.history(workflowId)).map(({ type }) => type);
    expect(types).toEqual(['WorkflowStarted', 'ActivityScheduled', 'ActivityCompleted', 'WorkflowCompleted']);
  });

  it('are called by the names of their methods, with options for all of them and for one call', async () => {
    const { workflowId, result } = await system.api.run('e2e.pricing', { quantity: 6 });
    expect(result).toEqual({ price: 42, currency: 'EUR' });
    const scheduled = (await system.api.history(workflowId)).filter(({ type }) => type === 'ActivityScheduled');
    expect(scheduled.map(({ data }) => data)).toMatchObject([
      { activity: 'priceOf', startToCloseTimeoutMs: 60_000, input: { price: 7, quantity: 6 } },
      { activity: 'currency', startToCloseTimeoutMs: 120_000 },
    ]);
  });
});

describe('an activity', () => {
  it('is given its input, and gives its result', async () => {
    expect((await system.api.run('e2e.uncaught', { activity: 'e2e.double', input: 21 })).result).toBe(42);
  });

  it('may give nothing', async () => {
    expect((await system.api.run('e2e.activity', { activity: 'e2e.nothing' })).result).toEqual({});
  });

  it('has what its class depends on', async () => {
    expect((await system.api.run('e2e.uncaught', { activity: 'e2e.greet', input: 'Ada' })).result).toBe('Hello, Ada!');
  });

  it('knows for whom it runs, under a key that is its own', async () => {
    const { workflowId, runId, result } = await system.api.run('e2e.uncaught', { activity: 'e2e.context' });
    expect(result).toEqual({
      ...{ workflowId, runId, workflow: 'e2e.uncaught', activity: 'e2e.context' },
      ...{ activitySeq: 2, attempt: 1, idempotencyKey: `${runId}:2` },
    });
  });
});

describe('an attempt that fails', () => {
  it('is followed by others until one succeeds, each after a longer back-off', async () => {
    const outcome = await system.api.run('e2e.uncaught', {
      activity: 'e2e.fail-at-first',
      input: { failures: 3 },
      options: { retry: { initialInterval: '20ms', backoffCoefficient: 3, intervalMax: '100ms' } },
    });
    expect(outcome.result).toEqual({ attempt: 4, idempotencyKey: `${outcome.runId}:2` });
    const history = await system.api.history(outcome.workflowId);
    expect(backOffsOf(history)).toEqual([20, 60, 100]);
    expect(retriesOf(history)[0]?.data).toMatchObject({ activitySeq: 2, attempt: 2, failure: { type: 'RangeError' } });
    expect(typesOf(history).filter((type) => type === 'ActivityRetryDue')).toHaveLength(3);
  });

  it('is not followed when its attempts are used up', async () => {
    const { workflowId, result } = await system.api.run('e2e.activity', {
      activity: 'e2e.fail',
      input: { type: 'Busy' },
      options: { retry: { initialInterval: 1, attemptsMax: 3 } },
    });
    expect(result).toMatchObject({ error: 'ActivityFailedError', attempt: 3, failure: { type: 'Busy', message: 'attempt 3 failed' } });
    expect(retriesOf(await system.api.history(workflowId))).toHaveLength(2);
  });

  it('is not followed when it says that none can help', async () => {
    const { result } = await system.api.run('e2e.activity', { activity: 'e2e.fail', input: { type: 'Declined', nonRetryable: true } });
    expect(result).toMatchObject({ attempt: 1, failure: { type: 'Declined', nonRetryable: true } });
  });

  it('is not followed when the workflow lists its type', async () => {
    const { result } = await system.api.run('e2e.activity', {
      activity: 'e2e.fail',
      input: { type: 'Declined' },
      options: { retry: { nonRetryableErrors: ['Other', 'Declined'] } },
    });
    expect(result).toMatchObject({ attempt: 1, failure: { type: 'Declined' } });
  });

  it('shows details and cause where the workflow catches it', async () => {
    const { result } = await system.api.run('e2e.activity', {
      activity: 'e2e.fail',
      input: { type: 'Declined', nonRetryable: true, details: { code: 51 } },
    });
    expect(result.failure).toMatchObject({ cause: { type: 'TypeError', message: 'deeper' } });
    expect(result.failure.details).toEqual({ code: 51 });
  });

  it('fails the run when nobody catches it', async () => {
    const outcome = await system.api.run('e2e.uncaught', { activity: 'e2e.fail', input: { type: 'Declined', nonRetryable: true } });
    const cause = { type: 'Declined', message: 'attempt 1 failed', nonRetryable: true, cause: { type: 'TypeError', message: 'deeper' } };
    expect(outcome).toMatchObject({ status: 'Failed', failure: { type: 'ActivityFailedError', attempt: 1, cause } });
    expect(outcome.failure?.message).toContain('Declined');
  });

  it('is shown with its back-off while it lasts', async () => {
    const { workflowId } = await system.api.started('e2e.uncaught', {
      activity: 'e2e.fail',
      input: { type: 'Busy' },
      options: { retry: { initialInterval: '1h', intervalMax: '1h' } },
    });
    await system.api.event(workflowId, 'ActivityRetryScheduled');
    const { pending } = await system.api.describe(workflowId);
    expect(pending.activities).toMatchObject([
      { activity: 'e2e.fail', state: 'backing-off', attempt: 2, lastFailure: { type: 'Busy' }, nextAttemptAt: expect.any(String) },
    ]);
    await system.api.terminate(workflowId);
  });
});

describe('time-outs', () => {
  /** Runs an activity that never ends by itself. */
  const timedOut = (options: object, activity = 'e2e.until-aborted') =>
    system.api.run('e2e.activity', { activity, input: {}, options: { retry: { attemptsMax: 1 }, ...options } });

  it('start-to-close ends an attempt that takes too long', async () => {
    const { workflowId, result } = await timedOut({ startToCloseTimeout: '100ms' });
    expect(result).toMatchObject({ error: 'ActivityTimedOutError', timeout: 'startToClose', attempt: 1 });
    expect(typesOf(await system.api.history(workflowId))).toContain('ActivityTimedOut');
  });

  it('start-to-close is for each attempt', async () => {
    const { workflowId, result } = await timedOut({ startToCloseTimeout: '50ms', retry: { attemptsMax: 3, initialInterval: 1 } });
    expect(result).toMatchObject({ timeout: 'startToClose', attempt: 3, lastFailure: { type: 'ActivityTimedOut' } });
    expect(retriesOf(await system.api.history(workflowId))).toHaveLength(2);
  });

  it('a result that comes after the time-out is dropped', async () => {
    const observer = await system.api.started('e2e.collect', { name: 'seen', count: 1 });
    const notify = `${system.api.url}/workflows/${observer.workflowId}/signals/seen`;
    const { workflowId } = await system.api.run('e2e.activity', {
      activity: 'e2e.finish-late',
      input: { notify },
      options: { startToCloseTimeout: '100ms', retry: { attemptsMax: 1 } },
    });
    expect((await system.api.outcome(observer.workflowId)).result).toEqual(['finished']);
    expect(typesOf(await system.api.history(workflowId))).not.toContain('ActivityCompleted');
  });

  it('schedule-to-start ends an activity that nobody takes', async () => {
    const { workflowId, result } = await timedOut({ scheduleToStartTimeout: '100ms', taskQueue: 'nobody-listens' });
    expect(result).toMatchObject({ error: 'ActivityTimedOutError', timeout: 'scheduleToStart' });
    expect(typesOf(await system.api.history(workflowId))).not.toContain('ActivityStarted');
  });

  it('schedule-to-start does not touch an activity that was taken in time', async () => {
    const { workflowId, result } = await system.api.run('e2e.activity', {
      activity: 'e2e.double',
      input: 1,
      options: { scheduleToStartTimeout: '30s' },
    });
    expect(result).toEqual({ result: 2 });
    expect(retriesOf(await system.api.history(workflowId))).toEqual([]);
  });

  it('schedule-to-close ends all attempts together', async () => {
    system.inAnyNumber('whether the worker tells of it before the time is up for its run, too');
    const { result } = await timedOut({ scheduleToCloseTimeout: '200ms', retry: { attemptsMax: 100 } });
    expect(result).toMatchObject({ error: 'ActivityTimedOutError', timeout: 'scheduleToClose', attempt: 1 });
  });

  it('schedule-to-close allows no back-off beyond it', async () => {
    const { result } = await system.api.run('e2e.activity', {
      activity: 'e2e.fail',
      input: { type: 'Busy' },
      options: { scheduleToCloseTimeout: '5s', retry: { initialInterval: '10s' } },
    });
    expect(result).toMatchObject({ error: 'ActivityFailedError', attempt: 1, failure: { type: 'Busy' } });
  });

  it('heartbeat ends an attempt that fell silent', async () => {
    const { result } = await timedOut({ heartbeatTimeout: '100ms' });
    expect(result).toMatchObject({ error: 'ActivityTimedOutError', timeout: 'heartbeat', attempt: 1 });
  });

  it('heartbeat does not touch an attempt that keeps beating', async () => {
    const { result } = await system.api.run('e2e.activity', {
      activity: 'e2e.keep-beating',
      input: { beats: 20, everyMs: 20 },
      options: { heartbeatTimeout: '5s' },
    });
    expect(result).toEqual({ result: 20 });
  });
});

describe('heartbeats', () => {
  it('tell the next attempt how far the last one came', async () => {
    const { workflowId, result } = await system.api.run('e2e.uncaught', {
      activity: 'e2e.fail-after-heartbeat',
      options: { retry: { initialInterval: 1 } },
    });
    expect(result).toEqual({ attempt: 2, heartbeatDetails: { page: 7 } });
    expect(retriesOf(await system.api.history(workflowId))[0]?.data.heartbeatDetails).toEqual({ page: 7 });
  });

  it('tell it also when the last one fell silent', async () => {
    const { result } = await system.api.run('e2e.uncaught', {
      activity: 'e2e.fall-silent',
      options: { heartbeatTimeout: '150ms', retry: { initialInterval: 1 } },
    });
    expect(result).toEqual({ attempt: 2, heartbeatDetails: { page: 3 } });
  });

  it('make an attempt known as running, and by whom', async () => {
    const { workflowId } = await system.api.started('e2e.uncaught', {
      activity: 'e2e.until-aborted',
      input: {},
      options: { heartbeatTimeout: '1h' },
    });
    const started = await system.api.event(workflowId, 'ActivityStarted');
    expect(started.data).toEqual({ activitySeq: 2, attempt: 1, worker: expect.any(String) });
    const { pending } = await system.api.describe(workflowId);
    expect(pending.activities).toMatchObject([{ state: 'running', attempt: 1, startedAt: started.at }]);
    await system.api.terminate(workflowId);
  });
});

describe('where there is nobody to run it', () => {
  it('an activity waits, and says for whom', async () => {
    const { workflowId } = await system.api.started('e2e.uncaught', {
      activity: 'e2e.double',
      input: 1,
      options: { taskQueue: 'unmanned' },
    });
    await system.api.event(workflowId, 'ActivityScheduled');
    const { status, pending } = await system.api.describe(workflowId);
    expect(status).toBe('Running');
    expect(pending.activities).toMatchObject([
      { state: 'queued', attempt: 1, taskQueue: 'unmanned', waitingFor: expect.stringContaining('"unmanned"') },
    ]);
    await system.api.terminate(workflowId);
  });

  it('an activity that no worker knows is handed back, and uses no attempt up', async () => {
    const { workflowId } = await system.api.started('e2e.uncaught', {
      activity: 'e2e.unheard-of',
      options: { retry: { attemptsMax: 1 } },
    });
    const first = await system.api.event(workflowId, 'ActivityRetryScheduled');
    expect(first.data).toMatchObject({ attempt: 1, failure: { type: 'HandedBack', message: expect.stringContaining('e2e.unheard-of') } });
    const again = await system.api.event(workflowId, 'ActivityRetryScheduled', { after: first.seq });
    expect(again.data).toMatchObject({ attempt: 1 });
    await system.api.terminate(workflowId);
  });
});

describe('a call that makes no sense', () => {
  it.each([
    ['a name without characters', { activity: '' }],
    ['a time-out of nothing', { activity: 'e2e.double', options: { startToCloseTimeout: 0 } }],
    ['a time-out that is no duration', { activity: 'e2e.double', options: { heartbeatTimeout: 'soon' } }],
    ['attempts of which there are none', { activity: 'e2e.double', options: { retry: { attemptsMax: 0 } } }],
    ['back-offs that shrink', { activity: 'e2e.double', options: { retry: { backoffCoefficient: 0.5 } } }],
  ])('throws where it is made: %s', async (_, call) => {
    const { workflowId, result } = await system.api.run('e2e.invalid-call', call);
    expect(result).toMatchObject({ error: expect.stringMatching(/^(InvalidCommand|Duration)Error$/) });
    expect(typesOf(await system.api.history(workflowId))).toEqual(['WorkflowStarted', 'WorkflowCompleted']);
  });
});
