import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import type { HistoryEvent, RunId, Shard, ShardOwner, StepAttempt, StepOptions, WorkflowContext } from '../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

const retry = { initialInterval: '10s', attemptsMax: 3 } as const;

const soon = () => new Promise((resolve) => setImmediate(resolve));

/** The history of a run of this code when it has closed, time having passed as far as was needed. */
async function closedHistory(run: (ctx: WorkflowContext) => Promise<unknown>): Promise<readonly HistoryEvent[]> {
  world = new OwnerWorld([{ name: 'work', run }]);
  const { runId } = await world.running('work');
  let history: readonly HistoryEvent[] = [];
  await world.passTimeUntil(() => {
    void world.history(runId).then((read) => {
      history = read;
    });
    return history.at(-1)?.type.startsWith('Workflow') === true && history.length > 1;
  });
  return history;
}

const step = (perform: (attempt: StepAttempt) => unknown, options: StepOptions) => (ctx: WorkflowContext) =>
  ctx.run('step', perform, options);

const typesOf = (history: readonly HistoryEvent[]) => history.map(({ type }) => type);

function failing(times: number, error: () => Error = () => new Error('not yet')) {
  return ({ attempt }: StepAttempt) => {
    if (attempt <= times) throw error();
    return attempt;
  };
}

/** What the code catches of a step that fails. */
const caught = (perform: (attempt: StepAttempt) => unknown, options: StepOptions) => (ctx: WorkflowContext) =>
  ctx.run('step', perform, options).catch(({ code, attempt, message, cause }) => ({ code, attempt, message, cause: cause.name }));

describe('a step that fails', () => {
  it('fails at once without a policy, with one event', async () => {
    const history = await closedHistory(caught(failing(9), {}));
    expect(typesOf(history)).toEqual(['WorkflowStarted', 'StepFailed', 'WorkflowCompleted']);
    expect(history[1]?.data).toEqual({ step: 1, name: 'step', failure: { type: 'Error', message: 'not yet' } });
    expect(JSON.parse(history[2]?.payload as string)).toEqual({
      code: 'MARATHON_STEP_FAILED',
      attempt: 1,
      message: 'step "step" failed: Error: not yet',
      cause: 'Error',
    });
  });

  it('is tried again when its back-off is over', async () => {
    const history = await closedHistory(step(failing(2), { retry, input: 1 }));
    const retried = ['StepRetryScheduled', 'StepRetryDue'];
    expect(typesOf(history)).toEqual(['WorkflowStarted', ...retried, ...retried, 'StepCompleted', 'WorkflowCompleted']);
    const [, first, , second] = history as [HistoryEvent, HistoryEvent, HistoryEvent, HistoryEvent];
    expect(first.data).toMatchObject({ step: 1, name: 'step', attempt: 2, firesAtMs: first.at + 10_000 });
    expect(second.data).toMatchObject({ attempt: 3, firesAtMs: second.at + 20_000 });
    expect(history.at(-1)?.payload).toBe('3');
  });

  it('fails with its last attempt', async () => {
    const history = await closedHistory(caught(failing(9), { retry: { ...retry, attemptsMax: 2 } }));
    expect(history.at(-2)?.data).toMatchObject({ attempt: 2, failure: { message: 'not yet' } });
    expect(JSON.parse(history.at(-1)?.payload as string)).toMatchObject({
      attempt: 2,
      message: 'step "step" failed at attempt 2: Error: not yet',
    });
  });

  it.each([
    ['the error says so', () => Object.assign(new Error('no'), { nonRetryable: true })],
    ['its policy names the type', () => Object.assign(new Error('no'), { name: 'Refused' })],
  ])('is not tried again when %s', async (_, error) => {
    const history = await closedHistory(caught(failing(9, error), { retry: { ...retry, nonRetryableErrors: ['Refused'] } }));
    expect(typesOf(history)).toEqual(['WorkflowStarted', 'StepFailed', 'WorkflowCompleted']);
  });

  it('is not tried again when all its time would be over', async () => {
    const history = await closedHistory(caught(failing(9), { retry, scheduleToCloseTimeout: '25s' }));
    expect(typesOf(history)).toEqual(['WorkflowStarted', 'StepRetryScheduled', 'StepRetryDue', 'StepFailed', 'WorkflowCompleted']);
  });
});

describe('a step that runs out of its time', () => {
  const hanging = (signals: AbortSignal[]) => (attempt: StepAttempt) => {
    signals.push(attempt.signal);
    return new Promise((resolve) => attempt.signal.addEventListener('abort', () => setTimeout(() => resolve('late'), 0)));
  };

  it('is tried again; it is told, and what it gives later is dropped', async () => {
    const signals: AbortSignal[] = [];
    const history = await closedHistory(caught(hanging(signals), { retry: { ...retry, attemptsMax: 2 }, startToCloseTimeout: '1m' }));
    expect(signals.map(({ aborted, reason }) => [aborted, reason.name])).toEqual([
      [true, 'StepTimedOut'],
      [true, 'StepTimedOut'],
    ]);
    expect(typesOf(history)).toEqual(['WorkflowStarted', 'StepRetryScheduled', 'StepRetryDue', 'StepFailed', 'WorkflowCompleted']);
    expect((history[3]?.at ?? 0) - (history[2]?.at ?? 0)).toBe(60_000);
    expect(history[3]?.data).toMatchObject({ failure: { type: 'StepTimedOut', message: 'attempt 2 ran out of its startToClose time' } });
  });

  it('fails when that was all its time', async () => {
    const history = await closedHistory(caught(hanging([]), { retry, startToCloseTimeout: '1m', scheduleToCloseTimeout: '30s' }));
    expect(history[1]?.data).toMatchObject({ failure: { message: 'attempt 1 ran out of its scheduleToClose time' } });
  });

  it('refuses limits that make no sense', async () => {
    const history = await closedHistory((ctx) =>
      ctx.run('step', () => 1, { startToCloseTimeout: -1 }).catch((error: Error) => error.message),
    );
    expect(history.at(-1)).toMatchObject({ type: 'WorkflowFailed', data: { failure: { type: 'InvalidCommandError' } } });
  });
});

describe('a back-off', () => {
  const attempts: number[] = [];

  /** A run whose step has failed once. */
  async function backingOff(residentRuns = 1_000, isStubborn = true) {
    attempts.length = 0;
    const run = async (ctx: WorkflowContext) => {
      const done = ctx.run(
        name,
        ({ attempt }) => {
          attempts.push(attempt);
          if (attempt === 1) throw new Error('not yet');
          return 'done';
        },
        { retry },
      );
      return isStubborn ? Promise.all([done, ctx.waitForSignal('go')]) : done;
    };
    let name = 'step';
    const other = { name: 'other', run: (ctx: WorkflowContext) => ctx.waitForSignal('go') };
    world = new OwnerWorld([{ name: 'work', run }, other], { residentRuns });
    const running = await world.running('work');
    await soon();
    await running.owner.settled();
    expect(await world.typesOf(running.runId)).toEqual(['WorkflowStarted', 'StepRetryScheduled']);
    const rename = () => {
      name = 'another';
    };
    return { ...running, rename };
  }

  async function request(owner: ShardOwner, runId: RunId, asked: { kind: 'cancel' } | { kind: 'signal'; name: string }) {
    const [outcome] = await world.log.intake.request([{ namespace: 'default', workflowId: runId, request: asked }]);
    if (outcome?.outcome !== 'accepted') throw new Error('not accepted');
    const to = world.shards[0] as Shard;
    world.deliver(owner, { kind: 'request-accepted', to, runId, n: outcome.request.n, request: outcome.request });
    await owner.settled();
  }

  const passed = async (owner: ShardOwner, ms: number) => {
    world.clock.advanceTo(world.clock.now() + ms);
    for (let i = 0; i < 5; i++) {
      await owner.settled();
      await soon();
    }
  };

  it('outlives its process, and is no shorter or longer for it', async () => {
    const { owner, runId } = await backingOff();
    await owner.stop();
    const successor = await world.createOwner('b');
    await successor.gain(world.shards);
    await passed(successor, 9_999);
    expect(attempts).toEqual([1]);
    await passed(successor, 1);
    expect(attempts).toEqual([1, 2]);
    expect(await world.typesOf(runId)).toEqual(['WorkflowStarted', 'StepRetryScheduled', 'StepRetryDue', 'StepCompleted']);
  });

  it('does not keep its run in memory', async () => {
    const { owner, shard, runId } = await backingOff(1);
    world.deliver(owner, await world.insertRun('other', shard));
    await owner.settled();
    expect(owner.residentRuns).toBe(1);
    await passed(owner, 10_000);
    expect(attempts).toEqual([1, 2]);
    expect(await world.typesOf(runId)).toContain('StepCompleted');
  });

  it('goes on while other things happen in the run', async () => {
    const { owner, runId } = await backingOff();
    await request(owner, runId, { kind: 'signal', name: 'go' });
    await soon();
    expect(attempts).toEqual([1]);
    await passed(owner, 10_000);
    expect((await world.history(runId)).at(-1)).toMatchObject({ type: 'WorkflowCompleted', payload: '["done",null]' });
  });

  it('ends when its run is canceled', async () => {
    const { owner, runId } = await backingOff(1_000, false);
    await request(owner, runId, { kind: 'cancel' });
    expect((await world.typesOf(runId)).slice(2)).toEqual(['CancelRequested', 'StepRetryCanceled', 'WorkflowCanceled']);
    await passed(owner, 60_000);
    expect(attempts).toEqual([1]);
  });

  it('of another step than the code performs is found out', async () => {
    const { owner, runId, rename } = await backingOff();
    await owner.stop();
    rename();
    const successor = await world.createOwner('b');
    await successor.gain(world.shards);
    await passed(successor, 10_000);
    expect(attempts).toEqual([1]);
    const suspended = (await world.history(runId)).find(({ type }) => type === 'WorkflowSuspended');
    expect(suspended?.data).toMatchObject({ suspension: { reason: 'non-deterministic', expected: expect.stringContaining('"step"') } });
  });
});
