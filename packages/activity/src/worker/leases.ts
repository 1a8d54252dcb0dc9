import { type Clock, type LeasesRenewedMessage, renewalIntervalMs, type ShardAddress } from '@marathon/core';
import type { Attempt } from './attempt.js';
import type { ReportSender } from './report-sender.js';

/** Of one message; heartbeats with details are what fills it. */
const renewalSizeMax = 512 * 1_024;
/** A lease without heartbeat, in characters of JSON, roughly. */
const leaseSize = 120;

type Lease = LeasesRenewedMessage['leases'][number];

/**
 * Tells the owners of runs which attempts are under way here.
 *   L1  An attempt is announced when it outlives `announceAfterMs`, when its task asks for it, or when its partition is lost; one
 *       that was granted to this worker, not at all.
 *       Short attempts cost no message and no timer.
 *   L2  All leases of one shard are renewed with one message an interval, which carries the heartbeats since the last; more
 *       only when one would be too large.
 *   L3  While renewals of a shard wait to be sent, no more are added: an absent stream piles up nothing.
 */
export class Leases {
  readonly #clock: Clock;
  readonly #sender: ReportSender;
  readonly #identity: string;
  readonly #announceAfterMs: number;
  readonly #onAnnounced: (attempt: Attempt) => void;
  /** In the order of their start. */
  readonly #young = new Set<Attempt>();
  readonly #held = new Set<Attempt>();
  readonly #unsent = new Set<string>();
  #cancelSweep: (() => void) | undefined;
  #cancelRenewal: (() => void) | undefined;

  /** `onAnnounced`: the owner will bring the attempt back if this process dies. */
  constructor(clock: Clock, sender: ReportSender, identity: string, announceAfterMs: number, onAnnounced: (attempt: Attempt) => void) {
    this.#clock = clock;
    this.#sender = sender;
    this.#identity = identity;
    this.#announceAfterMs = announceAfterMs;
    this.#onAnnounced = onAnnounced;
  }

  /** How many leases are held. */
  get size(): number {
    return this.#held.size;
  }

  begin(attempt: Attempt): void {
    this.#young.add(attempt);
    if (attempt.nextDeadlineMs < attempt.startedAtMs + this.#announceAfterMs) attempt.watchDeadlines();
    if (attempt.task.announceAtOnce) void this.announce([attempt]);
    else this.#cancelSweep ??= this.#clock.at(attempt.startedAtMs + this.#announceAfterMs, () => this.#sweep());
  }

  /** The owner has begun the lease already. */
  take(attempt: Attempt): void {
    this.#hold(attempt);
    this.#onAnnounced(attempt);
  }

  end(attempt: Attempt): void {
    if (!this.#young.delete(attempt)) this.#held.delete(attempt);
  }

  /** Those that are announced or settled already are left alone. Resolves when the rest is announced, or never will be. */
  async announce(attempts: Iterable<Attempt>): Promise<void> {
    const announcements: Promise<void>[] = [];
    for (const attempt of attempts) if (this.#young.delete(attempt)) announcements.push(this.#announceOne(attempt));
    await Promise.all(announcements);
  }

  stop(): void {
    this.#cancelSweep?.();
    this.#cancelRenewal?.();
    this.#young.clear();
    this.#held.clear();
  }

  async #announceOne(attempt: Attempt): Promise<void> {
    this.#hold(attempt);
    const delivery = await this.#sender.send(
      { kind: 'activity-announced', to: attempt.replyTo, ...attempt.ref, worker: this.#identity },
      leaseSize,
    );
    if (delivery === 'sent') this.#onAnnounced(attempt);
  }

  #hold(attempt: Attempt): void {
    this.#held.add(attempt);
    attempt.watchDeadlines();
    this.#cancelRenewal ??= this.#clock.at(this.#clock.now() + renewalIntervalMs, () => this.#renew());
  }

  #sweep(): void {
    this.#cancelSweep = undefined;
    const bornBeforeMs = this.#clock.now() - this.#announceAfterMs;
    for (const attempt of this.#young) {
      if (attempt.startedAtMs > bornBeforeMs) {
        this.#cancelSweep = this.#clock.at(attempt.startedAtMs + this.#announceAfterMs, () => this.#sweep());
        return;
      }
      void this.announce([attempt]);
    }
  }

  #renew(): void {
    this.#cancelRenewal = undefined;
    if (this.#held.size === 0) return;
    for (const [shard, attempts] of this.#byShard()) if (!this.#unsent.has(shard)) void this.#renewShard(shard, attempts);
    this.#cancelRenewal = this.#clock.at(this.#clock.now() + renewalIntervalMs, () => this.#renew());
  }

  #byShard(): Map<string, Attempt[]> {
    const shards = new Map<string, Attempt[]>();
    for (const attempt of this.#held) {
      const shard = nameOf(attempt.replyTo);
      const attempts = shards.get(shard);
      if (attempts) attempts.push(attempt);
      else shards.set(shard, [attempt]);
    }
    return shards;
  }

  async #renewShard(shard: string, attempts: readonly Attempt[]): Promise<void> {
    this.#unsent.add(shard);
    await Promise.all(
      renewals(attempts).map(({ leases, size }) =>
        this.#sender.send({ kind: 'leases-renewed', to: (attempts[0] as Attempt).replyTo, worker: this.#identity, leases }, size),
      ),
    );
    this.#unsent.delete(shard);
  }
}

const nameOf = ({ taskQueue, partition }: ShardAddress): string => `${taskQueue}/${partition}`;

/** The leases of one shard, in as many messages as their size asks for. */
function renewals(attempts: readonly Attempt[]): { readonly leases: readonly Lease[]; readonly size: number }[] {
  const messages: { leases: Lease[]; size: number }[] = [];
  for (const attempt of attempts) {
    const heartbeat = attempt.takeHeartbeat();
    const size = leaseSize + (heartbeat?.details?.length ?? 0);
    const last = messages.at(-1);
    const lease = { ...attempt.ref, ...(heartbeat && { heartbeat }) };
    if (last && last.size + size <= renewalSizeMax) {
      last.leases.push(lease);
      last.size += size;
    } else messages.push({ leases: [lease], size });
  }
  return messages;
}
