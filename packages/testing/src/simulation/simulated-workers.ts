import { type AttemptOutcome, encodePayload, failureOf, type LeasesRenewedMessage, type Message, type TaskMessage } from '@marathon/core';
import type { ManualClock } from '@marathon/memory';
import type { Chance } from './chance.js';
import type { Random } from './random.js';

/** What an activity returns whose worker never answers. */
export const unanswered: unique symbol = Symbol('unanswered');

/** An activity of a simulation: what an attempt does. */
export type SimulatedActivity = (input: unknown, attempt: number) => unknown;

/** After this long a worker announces an attempt, and this often it renews the lease. */
const announceMs = 2_000;
const slowAttemptMsMax = 20_000;
const redeliveryMs = 1_000;

/** The workers of all queues: they take what they are offered, and are as unreliable as chance says. */
export class SimulatedWorkers {
  /** How often each attempt was begun, by `runId:activitySeq:attempt`. */
  readonly begun = new Map<string, number>();
  /** Attempts that are announced and whose lease is renewed, with how many workers are at them. */
  readonly #leased = new Map<string, number>();
  #generation = 0;

  constructor(
    readonly activities: Readonly<Record<string, SimulatedActivity>>,
    readonly clock: ManualClock,
    readonly random: Random,
    readonly chance: Chance,
    readonly send: (messages: readonly Message[]) => void,
  ) {}

  /** The process dies that holds them all: nothing is heard of them any more. */
  die(): void {
    this.#generation++;
    this.#leased.clear();
  }

  /** True while somebody is at the attempt and says so. */
  isLeased(runId: string, activitySeq: number, attempt: number): boolean {
    return this.#leased.has(`${runId}:${activitySeq}:${attempt}`);
  }

  take(task: TaskMessage): void {
    const key = keyOf(task);
    this.begun.set(key, (this.begun.get(key) ?? 0) + 1);
    if (this.chance.of('handBacks')) return this.#finish(task, { outcome: 'handed-back', reason: 'the worker stops' });
    const lengthMs = this.chance.of('slowAttempts') ? this.random.below(slowAttemptMsMax) : 0;
    const diesAfterMs = this.chance.of('workerDeaths') ? this.random.below(lengthMs + 1) : Number.POSITIVE_INFINITY;
    if (diesAfterMs < announceMs) return this.#after(redeliveryMs, () => this.take({ ...task, redelivered: true }));
    if (lengthMs >= announceMs || task.announceAtOnce) this.#hold(task, this.clock.now() + Math.min(lengthMs, diesAfterMs));
    if (diesAfterMs === Number.POSITIVE_INFINITY) this.#after(lengthMs, () => void this.#perform(task));
  }

  async #perform(task: TaskMessage): Promise<void> {
    const outcome = await this.#outcomeOf(task);
    if (outcome !== unanswered) this.#finish(task, outcome);
  }

  /** Announces the attempt, renews its lease, and forgets it at the end. */
  #hold(task: TaskMessage, untilMs: number): void {
    const { runId, activitySeq, attempt, replyTo: to } = task;
    const key = keyOf(task);
    const renew = () => {
      if (this.clock.now() >= untilMs) return;
      const heartbeat = { atMs: this.clock.now(), details: encodePayload(attempt) };
      const lease = { runId, activitySeq, attempt, ...(task.heartbeatTimeoutMs !== undefined && { heartbeat }) };
      this.send([{ kind: 'leases-renewed', to, worker: 'simulated', leases: [lease as LeasesRenewedMessage['leases'][number]] }]);
      this.#after(announceMs, renew);
    };
    this.#after(task.announceAtOnce ? 0 : announceMs, () => {
      this.#leased.set(key, (this.#leased.get(key) ?? 0) + 1);
      this.send([{ kind: 'activity-announced', to, runId, activitySeq, attempt, worker: 'simulated' }]);
      this.#after(announceMs, renew);
    });
    this.#after(untilMs - this.clock.now(), () => {
      const holders = (this.#leased.get(key) ?? 0) - 1;
      if (holders > 0) this.#leased.set(key, holders);
      else this.#leased.delete(key);
    });
  }

  #finish({ runId, activitySeq, attempt, replyTo: to }: TaskMessage, outcome: AttemptOutcome): void {
    this.send([{ kind: 'activity-finished', to, runId, activitySeq, attempt, ...outcome }]);
  }

  async #outcomeOf({ activity, input, attempt }: TaskMessage): Promise<AttemptOutcome | typeof unanswered> {
    const code = this.activities[activity];
    if (!code) return { outcome: 'handed-back', reason: `no activity "${activity}"` };
    try {
      const value = await code(input === undefined ? undefined : JSON.parse(input), attempt);
      if (value === unanswered) return unanswered;
      const result = encodePayload(value);
      return result === undefined ? { outcome: 'completed' } : { outcome: 'completed', result };
    } catch (thrown) {
      return { outcome: 'failed', failure: failureOf(thrown) };
    }
  }

  #after(delayMs: number, action: () => void): void {
    const generation = this.#generation;
    this.clock.at(this.clock.now() + delayMs, () => {
      if (generation === this.#generation) action();
    });
  }
}

const keyOf = ({ runId, activitySeq, attempt }: TaskMessage): string => `${runId}:${activitySeq}:${attempt}`;
