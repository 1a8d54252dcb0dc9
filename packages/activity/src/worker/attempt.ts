import { type AttemptRef, type Clock, decodePayload, type Payload, type ShardAddress, type TaskMessage } from '@marathon/core';
import { type AbortCause, ActivityAbortedError } from '../activity.errors.js';
import { runInActivityContext } from '../activity-context.js';
import type { ActivityFunction } from '../activity-registry.js';
import { AttemptContext } from './attempt-context.js';
import { type AttemptEnd, handedBack, outcomeOfError, outcomeOfResult, utf8Bytes } from './attempt-outcome.js';
import { type Gateway, InputUnreadableError, inputElsewhere, reachesGateway } from './gateway.js';

export interface AttemptListener {
  /** Once: the outcome to report. `thrown` is what the code threw, when it is a failure of the code. */
  onSettled(outcome: AttemptEnd, thrown?: unknown): void;
  /** Once: the code is over. `isLate` when the attempt had been settled before, so that what the code gave is lost. */
  onEnded(isLate: boolean): void;
}

/** A heartbeat that no lease has carried yet. */
export interface Heartbeat {
  readonly atMs: number;
  readonly details?: Payload;
}

/**
 * One attempt of an activity in this process.
 *   A1  It is settled once: by the end of its code, by a time-out, or by the worker that hands it back.
 *   A2  Its code may end later than that, or never: nothing can stop a function but itself.
 */
export class Attempt {
  readonly task: TaskMessage;
  readonly ref: AttemptRef;
  readonly context: AttemptContext;
  readonly startedAtMs: number;
  readonly #clock: Clock;
  readonly #resultBytesMax: number;
  readonly #gateway: Gateway;
  readonly #listener: AttemptListener;
  #isSettled = false;
  #isEnded = true;
  #cancelDeadline: (() => void) | undefined;
  #lastSignOfLifeMs: number;
  #heartbeat: Heartbeat | undefined;
  #heartbeatDetails: Payload | undefined;

  constructor(task: TaskMessage, clock: Clock, resultBytesMax: number, gateway: Gateway, listener: AttemptListener) {
    this.task = task;
    this.ref = { runId: task.runId, activitySeq: task.activitySeq, attempt: task.attempt };
    this.#clock = clock;
    this.#resultBytesMax = resultBytesMax;
    this.#gateway = gateway;
    this.#listener = listener;
    this.startedAtMs = clock.now();
    this.#lastSignOfLifeMs = this.startedAtMs;
    this.context = new AttemptContext(task, Math.min(this.#closesAtMs, task.deadlineMs ?? Infinity), (details) =>
      this.#noteHeartbeat(details),
    );
  }

  get replyTo(): ShardAddress {
    return this.task.replyTo;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** True while no code of it runs. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Of the last heartbeat that had any. */
  get heartbeatDetails(): Payload | undefined {
    return this.#heartbeatDetails;
  }

  /** The code begins in this call, unless its input has to be fetched. */
  async run(activity: ActivityFunction): Promise<void> {
    this.#isEnded = false;
    let isLate: boolean;
    try {
      const result = await this.#perform(activity);
      const bytesMax = reachesGateway(this.task) ? Number.POSITIVE_INFINITY : this.#resultBytesMax;
      isLate = !this.settle(this.context.isDeferred ? { outcome: 'deferred' } : outcomeOfResult(result, bytesMax));
    } catch (thrown) {
      const outcome = thrown instanceof InputUnreadableError ? handedBack(thrown.message) : outcomeOfError(thrown, this.context.aborted);
      isLate = !this.settle(outcome, thrown);
    }
    this.#isEnded = true;
    this.#listener.onEnded(isLate);
  }

  async #perform(activity: ActivityFunction): Promise<unknown> {
    const elsewhere = inputElsewhere(this.task);
    if (!elsewhere) return runInActivityContext(this.context, () => activity(decodePayload(this.task.input)));
    const { value, release } = await this.#gateway.read(this.task, elsewhere);
    try {
      if (!this.#isSettled) return await runInActivityContext(this.context, () => activity(value));
    } finally {
      release();
    }
  }

  /** True for a result that no message can carry. */
  isLarge(outcome: AttemptEnd): boolean {
    if (outcome.outcome !== 'completed' || outcome.result === undefined) return false;
    return utf8Bytes(outcome.result, this.#resultBytesMax) > this.#resultBytesMax;
  }

  /** False when it is settled already. */
  settle(outcome: AttemptEnd, thrown?: unknown): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#cancelDeadline?.();
    this.#listener.onSettled(outcome, thrown);
    return true;
  }

  abort(because: AbortCause): void {
    this.context.abort(new ActivityAbortedError(because));
  }

  /** Taken once: the next lease carries the next one. */
  takeHeartbeat(): Heartbeat | undefined {
    const heartbeat = this.#heartbeat;
    this.#heartbeat = undefined;
    return heartbeat;
  }

  /** From here on its time-outs are kept. */
  watchDeadlines(): void {
    if (!this.#isSettled) this.#cancelDeadline ??= this.#clock.at(this.nextDeadlineMs, () => this.#checkDeadlines());
  }

  /** The earliest time at which one of its time-outs may have passed. */
  get nextDeadlineMs(): number {
    const untilAborted = this.context.aborted ? Infinity : (this.task.deadlineMs ?? Infinity);
    return Math.min(this.#closesAtMs, this.#silentAtMs, untilAborted);
  }

  get #closesAtMs(): number {
    return this.startedAtMs + this.task.startToCloseTimeoutMs;
  }

  get #silentAtMs(): number {
    return this.#lastSignOfLifeMs + (this.task.heartbeatTimeoutMs ?? Infinity);
  }

  #checkDeadlines(): void {
    this.#cancelDeadline = undefined;
    const now = this.#clock.now();
    if (now >= this.#closesAtMs) return this.#timeOut('startToClose');
    if (now >= this.#silentAtMs) return this.#timeOut('heartbeat');
    // The owner keeps this one itself: for us it only means that nobody needs the result any more.
    if (now >= (this.task.deadlineMs ?? Infinity)) this.abort('scheduleToClose');
    this.watchDeadlines();
  }

  #timeOut(timeout: 'startToClose' | 'heartbeat'): void {
    this.settle({ outcome: 'timed-out', timeout });
    this.abort(timeout);
  }

  #noteHeartbeat(details: Payload | undefined): void {
    const atMs = this.#clock.now();
    this.#lastSignOfLifeMs = atMs;
    const latest = details ?? this.#heartbeat?.details;
    this.#heartbeat = { atMs, ...(latest !== undefined && { details: latest }) };
    if (details !== undefined) this.#heartbeatDetails = details;
  }
}
