import {
  type ActivityClaimAnsweredMessage,
  type AttemptOutcome,
  encodePayload,
  failureOf,
  type LeasesRenewedMessage,
  leaseMs,
  type Message,
  type TaskMessage,
} from '@marathon/core';
import type { ManualClock, Random } from '@marathon/memory';
import type { Chance } from './chance.js';
import type { LargePayloads } from './large-payloads.js';

/** What an activity returns whose worker never answers. */
export const unanswered: unique symbol = Symbol('unanswered');

/** What an activity returns whose outcome comes from elsewhere, by its token. */
export const deferred: unique symbol = Symbol('deferred');

/** An activity of a simulation: what an attempt does. */
export type SimulatedActivity = (input: unknown, attempt: number, work: SimulatedWork) => unknown;

/** What an attempt has of its world. */
export interface SimulatedWork {
  readonly task: TaskMessage;
  /** Lets virtual time pass while the worker renews its lease. Never resolves when the process that holds the worker dies. */
  sleep(durationMs: number): Promise<void>;
}

/** After this long a worker announces an attempt, and this often it renews the lease; as long it waits before it claims, and claims again. */
const announceMs = 2_000;
const slowAttemptMsMax = 20_000;
const redeliveryMs = 1_000;
/** See the worker: an answer to an older claim is worth nothing. */
const answerAgeMsMax = leaseMs / 2;
const names = ['simulated-1', 'simulated-2'] as const;

type WorkerName = (typeof names)[number];

interface Attempt {
  readonly task: TaskMessage;
  readonly worker: WorkerName;
  readonly begunAtMs: number;
  endsAtMs: number;
  isLeased: boolean;
}

/**
 * Two workers of all queues: they take what they are offered, and are as unreliable as chance says. What one had before, the other
 * claims, where messages outlive their process.
 */
export class SimulatedWorkers {
  /** How often each attempt was begun, by `runId:activitySeq:attempt`. */
  readonly begun = new Map<string, number>();
  /** Attempts that were begun by one worker while the other was at them. */
  readonly doubled: string[] = [];
  refusals = 0;
  /** Attempts whose code does something other than wait for virtual time to pass. */
  performing = 0;
  /** By worker and attempt. */
  readonly #running = new Set<string>();
  /** Attempts that are announced and whose lease is renewed, with how many workers are at them. */
  readonly #leased = new Map<string, number>();
  /** By correlation id, up to the time that is part of it. */
  readonly #claimed = new Map<string, Pick<Attempt, 'task' | 'worker'>>();
  #claims = 0;
  #generation = 0;

  constructor(
    readonly activityOf: (name: string) => SimulatedActivity | undefined,
    readonly isStreamDurable: boolean,
    readonly clock: ManualClock,
    readonly random: Random,
    readonly chance: Chance,
    readonly largePayloads: LargePayloads | undefined,
    readonly send: (messages: readonly Message[]) => void,
  ) {}

  /** The process dies that holds them all: nothing is heard of them any more. */
  die(): void {
    this.#generation++;
    this.#leased.clear();
    this.#running.clear();
  }

  /** True while somebody is at the attempt and says so. */
  isLeased(runId: string, activitySeq: number, attempt: number): boolean {
    return this.#leased.has(`${runId}:${activitySeq}:${attempt}`);
  }

  take(task: TaskMessage, worker: WorkerName = names[0]): void {
    if (task.redelivered && this.isStreamDurable) this.#claim(task, worker);
    else this.#begin(task, worker, false);
  }

  /** An owner says whether an attempt is the worker's that claimed it. */
  takeAnswer({ to, answers }: ActivityClaimAnsweredMessage): void {
    const [claim = '', askedAtMs] = to.correlationId.split('@');
    const claimed = this.#claimed.get(claim);
    if (!claimed || this.clock.now() - Number(askedAtMs) >= answerAgeMsMax) return;
    this.#claimed.delete(claim);
    if (answers[0]?.isGranted) this.#begin(claimed.task, claimed.worker, true);
    else this.refusals++;
  }

  #claim(task: TaskMessage, worker: WorkerName): void {
    const claim = `${++this.#claims}`;
    this.#claimed.set(claim, { task, worker });
    const { runId, activitySeq, attempt, replyTo: to } = task;
    const ask = () => {
      if (!this.#claimed.has(claim)) return;
      const replyTo = { partition: 0, correlationId: `${claim}@${this.clock.now()}` };
      this.send([{ kind: 'activity-claim-requested', to, worker, claims: [{ runId, activitySeq, attempt }], replyTo }]);
      this.#after(announceMs, ask);
    };
    this.#after(announceMs, ask);
  }

  #begin(task: TaskMessage, worker: WorkerName, isGranted: boolean): void {
    const key = keyOf(task);
    const own = `${worker} ${key}`;
    // It is at the attempt already, and joins the two messages.
    if (this.#running.has(own)) return;
    this.begun.set(key, (this.begun.get(key) ?? 0) + 1);
    if (names.some((name) => this.#running.has(`${name} ${key}`))) this.doubled.push(key);
    if (this.chance.of('handBacks')) return this.#finish(task, { outcome: 'handed-back', reason: 'the worker stops' });
    const lengthMs = this.chance.of('slowAttempts') ? this.random.below(slowAttemptMsMax) : 0;
    const diesAfterMs = this.chance.of('workerDeaths') ? this.random.below(lengthMs + 1) : Number.POSITIVE_INFINITY;
    const endsAfterMs = Math.min(lengthMs, diesAfterMs);
    const begunAtMs = this.clock.now();
    const attempt = { task, worker, begunAtMs, endsAtMs: begunAtMs + endsAfterMs, isLeased: false };
    this.#running.add(own);
    this.#after(endsAfterMs, () => this.#running.delete(own));
    if (isGranted) this.#lease(attempt);
    else if (diesAfterMs < announceMs) return this.#after(diesAfterMs + redeliveryMs, () => this.#redeliver(attempt));
    else if (lengthMs >= announceMs || task.announceAtOnce)
      this.#after(task.announceAtOnce ? 0 : announceMs, () => this.#announce(attempt));
    if (this.chance.of('rebalances')) this.#after(this.random.below(endsAfterMs + 1), () => this.#moveAway(attempt));
    if (diesAfterMs === Number.POSITIVE_INFINITY) this.#after(lengthMs, () => void this.#perform(attempt));
  }

  /** The partition that the task came from goes to the other worker, before its offset could be committed. */
  #moveAway(attempt: Attempt): void {
    if (this.clock.now() < attempt.endsAtMs) this.#announce(attempt);
    this.#redeliver(attempt);
  }

  #redeliver({ task, worker }: Attempt): void {
    this.take(
      { ...task, redelivered: true },
      names.find((name) => name !== worker),
    );
  }

  async #perform(attempt: Attempt): Promise<void> {
    const generation = this.#generation;
    this.performing++;
    const outcome = await this.#outcomeOf(attempt);
    this.performing--;
    if (outcome === unanswered || generation !== this.#generation) return;
    if (outcome === deferred) this.#defer(attempt.task);
    else this.#finish(attempt.task, outcome);
  }

  /** The code waits: its worker is at it, announces it in time, and renews the lease. */
  #sleep(attempt: Attempt, durationMs: number): Promise<void> {
    const { task, worker, begunAtMs } = attempt;
    const own = `${worker} ${keyOf(task)}`;
    const nowMs = this.clock.now();
    attempt.endsAtMs = nowMs + durationMs;
    this.#running.add(own);
    if (attempt.isLeased) this.#lease(attempt);
    else if (attempt.endsAtMs >= begunAtMs + announceMs)
      this.#after(Math.max(0, begunAtMs + announceMs - nowMs), () => this.#announce(attempt));
    this.performing--;
    return new Promise((resolve) =>
      this.#after(durationMs, () => {
        this.performing++;
        this.#running.delete(own);
        resolve();
      }),
    );
  }

  #announce(attempt: Attempt): void {
    const { task, worker } = attempt;
    if (attempt.isLeased) return;
    const { runId, activitySeq, replyTo: to } = task;
    this.send([{ kind: 'activity-announced', to, runId, activitySeq, attempt: task.attempt, worker }]);
    this.#lease(attempt);
  }

  /** Renews the lease until the attempt ends. */
  #lease(held: Attempt): void {
    const { task, worker, endsAtMs } = held;
    const { runId, activitySeq, attempt, replyTo: to } = task;
    const key = keyOf(task);
    held.isLeased = true;
    const renew = () => {
      if (this.clock.now() >= endsAtMs) return;
      const heartbeat = { atMs: this.clock.now(), details: encodePayload(attempt) };
      const lease = { runId, activitySeq, attempt, ...(task.heartbeatTimeoutMs !== undefined && { heartbeat }) };
      this.send([{ kind: 'leases-renewed', to, worker, leases: [lease as LeasesRenewedMessage['leases'][number]] }]);
      this.#after(announceMs, renew);
    };
    this.#after(announceMs, renew);
    count(this.#leased, key, 1);
    this.#after(endsAtMs - this.clock.now(), () => count(this.#leased, key, -1));
  }

  #finish({ runId, activitySeq, attempt, replyTo: to }: TaskMessage, outcome: AttemptOutcome): void {
    this.send([{ kind: 'activity-finished', to, runId, activitySeq, attempt, ...outcome }]);
  }

  #defer({ runId, activitySeq, attempt, replyTo: to }: TaskMessage): void {
    this.send([{ kind: 'activity-deferred', to, runId, activitySeq, attempt }]);
  }

  async #outcomeOf(held: Attempt): Promise<AttemptOutcome | typeof unanswered | typeof deferred> {
    const { task } = held;
    const { activity, attempt } = task;
    const code = this.activityOf(activity);
    if (!code) return { outcome: 'handed-back', reason: `no activity "${activity}"` };
    try {
      const sleep = (durationMs: number) => this.#sleep(held, durationMs);
      const input = task.input && this.largePayloads ? await this.largePayloads.textOf(task.input) : task.input;
      const value = await code(input === undefined ? undefined : JSON.parse(input), attempt, { task, sleep });
      if (value === unanswered || value === deferred) return value;
      const payload = encodePayload(value);
      if (payload === undefined) return { outcome: 'completed' };
      const moved = this.largePayloads ? await this.largePayloads.moveOut({ payload }) : { payload };
      return { outcome: 'completed', result: moved.payload };
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

function count(counts: Map<string, number>, key: string, by: number): void {
  const sum = (counts.get(key) ?? 0) + by;
  if (sum > 0) counts.set(key, sum);
  else counts.delete(key);
}

const keyOf = ({ runId, activitySeq, attempt }: TaskMessage): string => `${runId}:${activitySeq}:${attempt}`;
