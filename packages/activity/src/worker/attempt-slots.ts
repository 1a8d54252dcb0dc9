import type { ActivityCancelRequestedMessage, AttemptOutcome, AttemptRef, Clock, Payload, TopicPartition } from '@marathon/core';
import type { ActivityRegistry } from '../activity-registry.js';
import { Attempt } from './attempt.js';
import { AttemptLog } from './attempt-log.js';
import { type AttemptEnd, canceledBeforeStart, handedBack, outcomeOfRefusal } from './attempt-outcome.js';
import { Gateway } from './gateway.js';
import { LargeResults } from './large-results.js';
import { Leases } from './leases.js';
import type { Occurrences } from './occurrences.js';
import { RecentKeys } from './recent-keys.js';
import type { Delivery, ReportSender } from './report-sender.js';
import type { Task } from './task.js';

interface Slot {
  readonly key: string;
  readonly attempt: Attempt;
  /** The message that brought it, and others that came with the same attempt. */
  readonly tasks: Task[];
  /** The owner knows of the attempt, so that its messages may be forgotten. */
  isCovered: boolean;
  isReported: boolean;
}

export interface AttemptSlotsSettings {
  readonly clock: Clock;
  readonly identity: string;
  readonly maxConcurrent: number;
  readonly announceAfterMs: number;
  readonly resultBytesMax: number;
}

const duplicatesMax = 16;
const finishedCountMax = 5_000;
const finishedAgeMs = 15_000;
const canceledCountMax = 5_000;
const canceledAgeMs = 600_000;

/**
 * What runs in this process.
 *   S1  An attempt holds one of `maxConcurrent` slots until its outcome is sent and its code is over, whichever is later.
 *   S2  Its message is done when the attempt is announced or its outcome is sent, not before.
 *   S3  The same attempt never runs twice here at once, nor again right after its outcome was sent, unless its owner says so.
 */
export class AttemptSlots {
  readonly #settings: AttemptSlotsSettings;
  readonly #registry: ActivityRegistry;
  readonly #sender: ReportSender;
  readonly #leases: Leases;
  readonly #onRoom: () => void;
  readonly #gateway = new Gateway();
  readonly #results: LargeResults;
  readonly #log: AttemptLog;
  readonly #slots = new Map<string, Slot>();
  readonly #finished = new RecentKeys(finishedCountMax, finishedAgeMs);
  readonly #canceled = new RecentKeys(canceledCountMax, canceledAgeMs);
  readonly #reportedListeners: (() => void)[] = [];

  constructor(
    settings: AttemptSlotsSettings,
    registry: ActivityRegistry,
    sender: ReportSender,
    occurrences: Occurrences,
    onRoom: () => void,
  ) {
    this.#settings = settings;
    this.#registry = registry;
    this.#sender = sender;
    this.#log = new AttemptLog(occurrences);
    this.#onRoom = onRoom;
    this.#results = new LargeResults(this.#gateway, settings.clock);
    this.#leases = new Leases(settings.clock, sender, settings.identity, settings.announceAfterMs, (attempt) =>
      this.#coverAnnounced(attempt),
    );
  }

  /** How many attempts may begin now. */
  get room(): number {
    return this.#settings.maxConcurrent - this.#slots.size;
  }

  get status(): { readonly running: number; readonly overdue: number; readonly leases: number } {
    const slots = [...this.#slots.values()];
    return {
      running: slots.length,
      overdue: slots.filter(({ attempt }) => attempt.isSettled && !attempt.isEnded).length,
      leases: this.#leases.size,
    };
  }

  /** `isLeased`: the owner has granted the attempt to this worker, which is as good as announced. */
  take(task: Task, isLeased = false): void {
    const key = keyOf(task.message);
    const slot = this.#slots.get(key);
    if (slot) this.#join(slot, task);
    else if (this.#finished.has(key, this.#settings.clock.now())) task.done();
    else this.#begin(key, task, isLeased);
  }

  /**
   * The owner is asked whether the attempt is to run here. It reads the question behind the outcome that was sent before: when it says
   * yes, the stream has lost the outcome.
   */
  asked(ref: AttemptRef): void {
    this.#finished.delete(keyOf(ref));
  }

  cancel({ runId, activitySeq }: ActivityCancelRequestedMessage): void {
    this.#canceled.add(activityKeyOf({ runId, activitySeq }), this.#settings.clock.now());
    for (const { attempt } of this.#slots.values()) {
      if (attempt.ref.activitySeq === activitySeq && attempt.ref.runId === runId) attempt.abort('canceled');
    }
  }

  /** Tells the owners of attempts, of these partitions or of all, that they are under way, so that nobody else begins them. */
  announce(partitions?: readonly TopicPartition[]): Promise<void> {
    const slots = [...this.#slots.values()].filter(({ tasks }) => !partitions || tasks.some((task) => task.isFrom(partitions)));
    return this.#leases.announce(slots.map(({ attempt }) => attempt));
  }

  /** Resolves when every outcome is sent; code may still be running. */
  allReported(): Promise<void> {
    return this.#isAllReported() ? Promise.resolve() : new Promise((resolve) => this.#reportedListeners.push(resolve));
  }

  abortAll(): void {
    for (const { attempt } of this.#slots.values()) attempt.abort('shutdown');
  }

  handBackAll(): void {
    for (const { attempt } of this.#slots.values()) attempt.settle(handedBack('the worker shut down while the attempt ran'));
  }

  stop(): void {
    this.#leases.stop();
    this.#results.close();
  }

  #begin(key: string, task: Task, isLeased: boolean): void {
    const { clock, resultBytesMax } = this.#settings;
    const attempt: Attempt = new Attempt(task.message, clock, resultBytesMax, this.#gateway, {
      onSettled: (outcome, thrown) => this.#settle(slot, outcome, thrown),
      onEnded: (isLate) => this.#end(slot, isLate),
    });
    const slot: Slot = { key, attempt, tasks: [task], isCovered: false, isReported: false };
    this.#slots.set(key, slot);
    const activity = this.#registry.find(task.message.activity);
    if (!activity) return void attempt.settle(handedBack(this.#describeUnknown(task.message.activity)));
    const obstacle = this.#obstacleTo(attempt);
    if (obstacle) return void attempt.settle(obstacle);
    if (isLeased) this.#leases.take(attempt);
    else this.#leases.begin(attempt);
    void attempt.run(activity);
  }

  #describeUnknown(activity: string): string {
    return `this worker does not know the activity "${activity}"; it knows: ${this.#registry.names().join(', ').slice(0, 2_000) || 'none'}`;
  }

  /** Nobody waits for the result any more. */
  #obstacleTo({ task, ref, startedAtMs }: Attempt): AttemptOutcome | undefined {
    if ((task.deadlineMs ?? Infinity) <= startedAtMs)
      return handedBack('the deadline of the activity had passed before the attempt could begin');
    return this.#canceled.has(activityKeyOf(ref), startedAtMs) ? canceledBeforeStart() : undefined;
  }

  #join(slot: Slot, task: Task): void {
    if (slot.isCovered || slot.tasks.length === duplicatesMax) task.done();
    else slot.tasks.push(task);
  }

  #settle(slot: Slot, outcome: AttemptEnd, thrown: unknown): void {
    // While a gateway cannot be reached, the owner is to know that the attempt is not lost.
    if (!slot.attempt.isLarge(outcome)) this.#leases.end(slot.attempt);
    this.#log.noteOutcome(slot.attempt, outcome, thrown);
    void this.#report(slot, outcome);
  }

  async #report(slot: Slot, outcome: AttemptEnd): Promise<void> {
    let delivery = await this.#deliver(slot.attempt, outcome);
    if (delivery === 'refused' && outcome.outcome !== 'deferred')
      delivery = await this.#send(slot.attempt, outcomeOfRefusal(outcome), undefined);
    if (delivery === 'abandoned') return;
    if (outcome.outcome !== 'handed-back') this.#finished.add(slot.key, this.#settings.clock.now());
    slot.isReported = true;
    this.#cover(slot);
    if (this.#reportedListeners.length > 0 && this.#isAllReported()) for (const resolve of this.#reportedListeners.splice(0)) resolve();
    this.#freeWhenOver(slot);
  }

  async #deliver(attempt: Attempt, outcome: AttemptEnd): Promise<Delivery> {
    if (!attempt.isLarge(outcome)) return this.#send(attempt, outcome, attempt.heartbeatDetails);
    const delivery = await this.#results.bring(attempt.task, outcome);
    this.#leases.end(attempt);
    return delivery;
  }

  #send({ replyTo, ref }: Attempt, outcome: AttemptEnd, lastDetails: Payload | undefined): Promise<Delivery> {
    if (outcome.outcome === 'deferred') {
      const deferred = { kind: 'activity-deferred', to: replyTo, ...ref } as const;
      return this.#sender.send(lastDetails ? { ...deferred, heartbeatDetails: lastDetails } : deferred, lastDetails?.length ?? 0);
    }
    // Who completes needs no progress any more.
    const heartbeatDetails = outcome.outcome === 'completed' ? undefined : lastDetails;
    const size = (outcome.outcome === 'completed' ? outcome.result : heartbeatDetails)?.length ?? 0;
    return this.#sender.send(
      { kind: 'activity-finished', to: replyTo, ...ref, ...outcome, ...(heartbeatDetails && { heartbeatDetails }) },
      size,
    );
  }

  #end(slot: Slot, isLate: boolean): void {
    if (isLate) this.#log.noteLateEnd(slot.attempt);
    this.#freeWhenOver(slot);
  }

  #coverAnnounced(attempt: Attempt): void {
    const slot = this.#slots.get(keyOf(attempt.ref));
    if (slot?.attempt === attempt) this.#cover(slot);
  }

  #cover(slot: Slot): void {
    if (slot.isCovered) return;
    slot.isCovered = true;
    for (const task of slot.tasks) task.done();
  }

  #freeWhenOver(slot: Slot): void {
    if (!slot.isReported || !slot.attempt.isEnded) return;
    this.#slots.delete(slot.key);
    this.#onRoom();
  }

  #isAllReported(): boolean {
    for (const { isReported } of this.#slots.values()) if (!isReported) return false;
    return true;
  }
}

const keyOf = ({ runId, activitySeq, attempt }: AttemptRef): string => `${runId}:${activitySeq}:${attempt}`;
const activityKeyOf = ({ runId, activitySeq }: Pick<AttemptRef, 'runId' | 'activitySeq'>): string => `${runId}:${activitySeq}`;
