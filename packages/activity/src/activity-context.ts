import { AsyncLocalStorage } from 'node:async_hooks';
import type { RunId } from '@marathon/core';
import { NoActivityContextError } from './activity.errors.js';

/** What an activity's code may know and say about the attempt it runs in. */
export interface ActivityContext {
  readonly runId: RunId;
  readonly workflowId: string;
  readonly workflow: string;
  readonly activity: string;
  /** Tells the activities of a run apart. */
  readonly activitySeq: number;
  /** Counts from 1. */
  readonly attempt: number;
  /** The same in every attempt of this activity: an activity may run more than once, what it does outside must not count twice. */
  readonly idempotencyKey: string;
  /** When the attempt must be over, milliseconds since 1970. */
  readonly deadlineMs: number;
  /** Aborts on cancellation, a time-out and shutdown; its `reason` is an `ActivityAbortedError`. */
  readonly signal: AbortSignal;
  /** What an earlier attempt reported with its last heartbeat, as it came back from JSON; `undefined` when none did. */
  readonly heartbeatDetails: unknown;
  /**
   * Says that the code is alive and how far it is. Cheap: call it as often as you like, it is sent every 2 seconds at most.
   * @throws HeartbeatDetailsError when `details` has no JSON form or more than 64 KiB of it.
   */
  heartbeat(details?: unknown): void;
  /**
   * Names this attempt to whoever has it: `POST /tokens/{token}/complete` brings the result, from anywhere. 76 characters that are safe
   * in addresses. A secret: hand it to those alone who may complete the activity.
   * @throws ActivityTokenMissingError when the orchestrator that sent the task gives none: it is an older build.
   */
  readonly token: string;
  /**
   * The attempt does not end with this code: whoever has its `token` brings the outcome. `return activityContext().completeLater();`
   * What the code returns is not looked at then; what it throws still fails the attempt. No slot is held from the end of the code on,
   * and the time-outs go on: set `startToCloseTimeout` to the time that the outcome may take.
   */
  completeLater(): never;
  /** Writes to the worker's log, with the run and the attempt as fields. */
  readonly log: ActivityLog;
}

/** Says something to operators, with the ids of run and attempt. */
export interface ActivityLog {
  /** For those who look for a mistake. */
  debug(message: string, fields?: LogFields): void;
  /** What went as it should. */
  info(message: string, fields?: LogFields): void;
  /** What went otherwise, and was coped with. */
  warn(message: string, fields?: LogFields): void;
  /** What somebody has to look at. */
  error(message: string, fields?: LogFields): void;
}

/** What a line of the log says besides its message. */
export type LogFields = Readonly<Record<string, unknown>>;

const storage = new AsyncLocalStorage<ActivityContext>();

/**
 * The context of the attempt whose code calls this, at any depth and after any `await`.
 * @throws NoActivityContextError when the caller was not called by an activity.
 */
export function activityContext(): ActivityContext {
  const context = storage.getStore();
  if (!context)
    throw new NoActivityContextError(
      'activityContext() belongs to a running activity: call it in an @Activity() method, or in what one calls',
    );
  return context;
}

/** For the worker, and for unit tests of activities. */
export const runInActivityContext = <Result>(context: ActivityContext, code: () => Result): Result => storage.run(context, code);
