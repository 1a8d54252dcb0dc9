import {
  decodePayload,
  encodePayload,
  type Payload,
  PayloadError,
  PayloadTooLargeError,
  type RunId,
  type TaskMessage,
} from '@marathon/core';
import { Logger } from '@nestjs/common';
import { type ActivityAbortedError, ActivityTokenMissingError, HeartbeatDetailsError } from '../activity.errors.js';
import type { ActivityContext, ActivityLog, LogFields } from '../activity-context.js';
import { tokenOf } from './activity-token.js';
import { utf8Bytes } from './attempt-outcome.js';

const heartbeatBytesMax = 64 * 1_024;

/** The context of one attempt. What few activities ask for is made when they ask. */
export class AttemptContext implements ActivityContext {
  readonly runId: RunId;
  readonly workflowId: string;
  readonly workflow: string;
  readonly activity: string;
  readonly activitySeq: number;
  readonly attempt: number;
  readonly deadlineMs: number;
  readonly #task: TaskMessage;
  readonly #onHeartbeat: (details: Payload | undefined) => void;
  #controller: AbortController | undefined;
  #aborted: ActivityAbortedError | undefined;
  #log: ActivityLog | undefined;
  #isDeferred = false;

  constructor(task: TaskMessage, deadlineMs: number, onHeartbeat: (details: Payload | undefined) => void) {
    this.runId = task.runId;
    this.workflowId = task.workflowId;
    this.workflow = task.workflow;
    this.activity = task.activity;
    this.activitySeq = task.activitySeq;
    this.attempt = task.attempt;
    this.deadlineMs = deadlineMs;
    this.#task = task;
    this.#onHeartbeat = onHeartbeat;
  }

  get idempotencyKey(): string {
    return `${this.runId}:${this.activitySeq}`;
  }

  get heartbeatDetails(): unknown {
    return decodePayload(this.#task.heartbeatDetails);
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  get log(): ActivityLog {
    this.#log ??= createLog(this);
    return this.#log;
  }

  get token(): string {
    const token = tokenOf(this.#task);
    if (token !== undefined) return token;
    throw new ActivityTokenMissingError(`the task of activity "${this.activity}" has no key for tokens: an older orchestrator sent it`);
  }

  /** Whether the outcome is to come from elsewhere. */
  get isDeferred(): boolean {
    return this.#isDeferred;
  }

  /** It cannot throw, as its type has it: code around it may catch everything. The type keeps other results from being returned. */
  readonly completeLater = (): never => {
    this.#isDeferred = true;
    return undefined as never;
  };

  /** A property, so that it may be taken off the context. */
  readonly heartbeat = (details?: unknown): void => this.#onHeartbeat(encodeDetails(details));

  /** Why the signal was aborted, or is as soon as the code looks. */
  get aborted(): ActivityAbortedError | undefined {
    return this.#aborted;
  }

  /** The first reason stays. */
  abort(reason: ActivityAbortedError): void {
    if (this.#aborted) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }
}

function encodeDetails(details: unknown): Payload | undefined {
  let payload: Payload | undefined;
  try {
    payload = encodePayload(details, 'the details of a heartbeat');
  } catch (cause) {
    if (cause instanceof PayloadError || cause instanceof PayloadTooLargeError) throw new HeartbeatDetailsError(cause.message, { cause });
    throw cause;
  }
  const bytes = payload === undefined ? 0 : utf8Bytes(payload, heartbeatBytesMax);
  if (bytes <= heartbeatBytesMax) return payload;
  throw new HeartbeatDetailsError(
    `the details of a heartbeat have ${bytes} bytes as JSON, ${heartbeatBytesMax} are allowed: report where the code is, not what it has`,
  );
}

function createLog({ runId, workflowId, activity, activitySeq, attempt }: ActivityContext): ActivityLog {
  const logger = new Logger(activity);
  const withAttempt = (fields: LogFields | undefined) => ({ ...fields, runId, workflowId, activitySeq, attempt });
  return {
    debug: (message, fields) => logger.debug(message, withAttempt(fields)),
    info: (message, fields) => logger.log(message, withAttempt(fields)),
    warn: (message, fields) => logger.warn(message, withAttempt(fields)),
    error: (message, fields) => logger.error(message, withAttempt(fields)),
  };
}
