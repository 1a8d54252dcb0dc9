import { type Duration, durationMs, type Failure } from '@marathon/core';
import { deferred, type SimulatedActivity, type SimulatedWork } from '../simulation/simulated-workers.js';
import { tokenOf } from './activity-tokens.js';

/** What a mock may know of the attempt it stands for, besides its input. */
export interface MockContext {
  readonly activity: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly workflowId: string;
  readonly runId: string;
  /** The same in every attempt of this activity. */
  readonly idempotencyKey: string;
  /** Names this attempt to whoever brings its outcome: `env.completeActivity(token, …)`. */
  readonly token: string;
  /** The attempt does not end with the mock: `return completeLater();`. Its time-outs go on. */
  completeLater(): never;
  /** Lets virtual time pass, a duration or milliseconds: the worker stays alive, time-outs of the activity may fire. */
  sleep(duration: Duration | number): Promise<void>;
}

/** Stands for an activity: what it returns is the result, what it throws the failure of the attempt. */
export type ActivityMock<Input = unknown, Output = unknown> = (input: Input, context: MockContext) => Output | Promise<Output>;

/** Mocks for the activities of an interface or a class, by name. */
export type ActivityMocks<Activities> = {
  readonly [Name in keyof Activities]?: Activities[Name] extends (...args: infer Args) => infer Output
    ? ActivityMock<Args extends readonly [infer Input, ...unknown[]] ? Input : undefined, Awaited<Output>>
    : never;
};

/** Mocks of activities by name, whatever their types. */
// biome-ignore lint/suspicious/noExplicitAny: an input is contravariant, so no narrower type holds all mocks.
export type AnyActivities = Record<string, (input: any) => unknown>;

/** An attempt that was made. */
export interface ActivityCall<Input = unknown> {
  readonly input: Input;
  readonly attempt: number;
  readonly workflowId: string;
  readonly idempotencyKey: string;
  /** Virtual time, milliseconds since 1970. */
  readonly atMs: number;
}

/** The activities of a test environment: calls its mocks, and keeps what they were called with. */
export class MockedActivities {
  readonly #calls = new Map<string, ActivityCall[]>();

  constructor(
    readonly mocks: Readonly<Record<string, ActivityMock | undefined>>,
    readonly nowMs: () => number,
  ) {}

  calls(activity: string): readonly ActivityCall[] {
    return this.#calls.get(activity) ?? [];
  }

  of(activity: string): SimulatedActivity {
    return (input, attempt, work) => {
      const end = { isDeferred: false };
      const context = contextOf(activity, attempt, work, () => {
        end.isDeferred = true;
      });
      const { workflowId, idempotencyKey } = context;
      this.#note(activity, { input, attempt, workflowId, idempotencyKey, atMs: this.nowMs() });
      const mock = Object.hasOwn(this.mocks, activity) ? this.mocks[activity] : undefined;
      if (!mock) throw new MissingMock(activity, Object.keys(this.mocks));
      const value = mock(input, context);
      return value instanceof Promise ? value.then((result) => (end.isDeferred ? deferred : result)) : end.isDeferred ? deferred : value;
    };
  }

  #note(activity: string, call: ActivityCall): void {
    const known = this.#calls.get(activity);
    if (known) known.push(call);
    else this.#calls.set(activity, [call]);
  }
}

/** What the activity fails with: it ends in the history, as any failure, and is not tried again. */
class MissingMock extends Error {
  override readonly name: Failure['type'] = 'MissingMock';
  readonly nonRetryable = true;

  constructor(activity: string, known: readonly string[]) {
    super(
      `there is no mock for activity "${activity}": give one to createTestEnvironment({ activities: { '${activity}': … } }); it has ${known.join(', ') || 'none'}`,
    );
  }
}

function contextOf(activity: string, attempt: number, { task, sleep }: SimulatedWork, onDeferred: () => void): MockContext {
  const { runId, workflowId, activitySeq } = task;
  const idempotencyKey = `${runId}:${activitySeq}`;
  const sleepFor = (duration: Duration | number) => sleep(typeof duration === 'number' ? duration : durationMs(duration));
  const completeLater = () => onDeferred() as never;
  return { activity, attempt, workflowId, runId, idempotencyKey, token: tokenOf(task), completeLater, sleep: sleepFor };
}
