import type { ActivityCancelRequestedMessage, AttemptOutcome, AttemptRef, Clock, TopicPartition } from '@marathon/core';
import { Logger } from '@nestjs/common';
import type { ActivityRegistry } from '../activity-registry.js';
import { Attempt } from './attempt.js';
import { canceledBeforeStart, handedBack, outcomeOfRefusal } from './attempt-outcome.js';
import { Leases } from './leases.js';
import type { Occurrences } from './occurrences.js';
import { RecentKeys } from './recent-keys.js';
import type { Delivery, ReportSender } from './report-sender.js';
import type { Task } from './task.js';

interface Slot {
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
const finishedCountMax = 10_000;
const finishedAgeMsMax = 30_000;
const canceledCountMax = 10_000;
const canceledAgeMsMax = 600_000;

/**
 * What runs in this process.
 *   S1  An attempt holds one of `maxConcurrent` slots until its outcome is sent and its code is over, whichever is later.
 *   S2  Its message is done when the attempt is announced or its outcome is sent, not before.
 *   S3  The same attempt never runs twice here at once, nor again right after its outcome was sent.
 */
export class AttemptSlots {
  readonly #settings: AttemptSlotsSettings;
  readonly #registry: ActivityRegistry;
  readonly #sender: ReportSender;
  readonly #leases: Leases;
  readonly #occurrences: Occurrences;
  readonly #onRoom: () => void;
  readonly #log = new Logger('ActivityWorker');
  readonly #slots = new Map<string, Slot>();
  readonly #finished = new RecentKeys(finishedCountMax, finishedAgeMsMax);
  readonly #canceled = new RecentKeys(canceledCountMax, canceledAgeMsMax);
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
    this.#occurrences = occurrences;
    this.#onRoom = onRoom;
    this.#leases = new Leases(settings.clock, sender, settings.identity, settings.announceAfterMs, (attempt) =>
      this.#coverAnnounced(attempt),
    );
  }

  get hasRoom(): boolean {
    return this.#slots.size < this.#settings.maxConcurrent;
  }

  get status(): { readonly running: number; readonly overdue: number; readonly leases: number } {
    const slots = [...this.#slots.values()];
    return {
      running: slots.length,
      overdue: slots.filter(({ attempt }) => attempt.isSettled && !attempt.isEnded).length,
      leases: this.#leases.size,
    };
  }

  take(task: Task): void {
    const key = keyOf(task.message);
    const slot = this.#slots.get(key);
    if (slot) this.#join(slot, task);
    else if (this.#finished.has(key, this.#settings.clock.now())) task.done();
    else this.#begin(key, task);
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
  }

  #begin(key: string, task: Task): void {
    const { clock, resultBytesMax } = this.#settings;
    const activity = this.#registry.find(task.message.activity);
    const attempt = new Attempt(task.message, clock, resultBytesMax, {
      onSettled: (settled, outcome, thrown) => this.#settle(settled, outcome, thrown),
      onEnded: (ended, isLate) => this.#end(ended, isLate),
    });
    this.#slots.set(key, { attempt, tasks: [task], isCovered: false, isReported: false });
    if (!activity) {
      attempt.settle(
        handedBack(
          `this worker does not know the activity "${task.message.activity}"; it knows: ${this.#registry.names().join(', ').slice(0, 2_000) || 'none'}`,
        ),
      );
    } else if ((task.message.deadlineMs ?? Infinity) <= attempt.startedAtMs) {
      attempt.settle(handedBack('the deadline of the activity had passed before the attempt could begin'));
    } else if (this.#canceled.has(activityKeyOf(attempt.ref), attempt.startedAtMs)) {
      attempt.settle(canceledBeforeStart());
    } else {
      this.#leases.begin(attempt);
      void attempt.run(activity);
    }
  }

  #join(slot: Slot, task: Task): void {
    if (slot.isCovered || slot.tasks.length === duplicatesMax) task.done();
    else slot.tasks.push(task);
  }

  #settle(attempt: Attempt, outcome: AttemptOutcome, thrown: unknown): void {
    this.#leases.end(attempt);
    this.#logOutcome(attempt, outcome, thrown);
    void this.#report(attempt, outcome);
  }

  async #report(attempt: Attempt, outcome: AttemptOutcome): Promise<void> {
    let delivery = await this.#send(attempt, outcome, true);
    if (delivery === 'refused') delivery = await this.#send(attempt, outcomeOfRefusal(outcome), false);
    if (delivery === 'abandoned') return;
    if (outcome.outcome !== 'handed-back') this.#finished.add(keyOf(attempt.ref), this.#settings.clock.now());
    const slot = this.#slotOf(attempt);
    slot.isReported = true;
    this.#cover(slot);
    if (this.#reportedListeners.length > 0 && this.#isAllReported()) for (const resolve of this.#reportedListeners.splice(0)) resolve();
    this.#freeWhenOver(slot);
  }

  #send(attempt: Attempt, outcome: AttemptOutcome, withDetails: boolean): Promise<Delivery> {
    const details = outcome.outcome !== 'completed' && withDetails ? attempt.heartbeatDetails : undefined;
    const size = outcome.outcome === 'completed' ? (outcome.result?.length ?? 0) : (details?.length ?? 0);
    return this.#sender.send(
      {
        kind: 'activity-finished',
        to: attempt.replyTo,
        ...attempt.ref,
        ...outcome,
        ...(details !== undefined && { heartbeatDetails: details }),
      },
      size,
    );
  }

  #end(attempt: Attempt, isLate: boolean): void {
    if (isLate) {
      const count = this.#occurrences.count(`late:${attempt.task.activity}`);
      if (count !== undefined)
        this.#log.warn(`activity "${attempt.task.activity}" ended after its attempt was over; what it gave is lost (number ${count})`, {
          ...attempt.ref,
        });
    }
    this.#freeWhenOver(this.#slotOf(attempt));
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
    this.#slots.delete(keyOf(slot.attempt.ref));
    this.#onRoom();
  }

  #isAllReported(): boolean {
    for (const { isReported } of this.#slots.values()) if (!isReported) return false;
    return true;
  }

  #slotOf(attempt: Attempt): Slot {
    return this.#slots.get(keyOf(attempt.ref)) as Slot;
  }

  #logOutcome({ task, ref }: Attempt, outcome: AttemptOutcome, thrown: unknown): void {
    if (outcome.outcome === 'failed') {
      const message = `activity "${task.activity}" failed at attempt ${ref.attempt}`;
      if (thrown === undefined) this.#log.warn(`${message}: ${outcome.failure.message}`, { ...ref });
      else this.#log.warn(message, thrown, { ...ref });
    } else if (outcome.outcome === 'timed-out') {
      const count = this.#occurrences.count(`timed-out:${task.activity}`);
      if (count !== undefined)
        this.#log.warn(
          `activity "${task.activity}" timed out (${outcome.timeout}); it keeps its slot until its code ends (number ${count})`,
          { ...ref },
        );
    }
  }
}

const keyOf = ({ runId, activitySeq, attempt }: AttemptRef): string => `${runId}:${activitySeq}:${attempt}`;
const activityKeyOf = ({ runId, activitySeq }: Pick<AttemptRef, 'runId' | 'activitySeq'>): string => `${runId}:${activitySeq}`;
