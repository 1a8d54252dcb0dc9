import type { OwnedShard } from '../ids.js';
import type { Clock } from '../ports/clock.port.js';
import type { Log } from '../ports/log.port.js';
import type { RunStore } from '../ports/run-store.port.js';
import type { Service } from '../ports/service.js';
import type { Lane } from './lane.js';

/** How often the tables are looked at for what nobody told us. */
const intervalMs = 5_000;
/** How soon they are looked at again when one reading did not bring all. */
const intervalMsBehind = 250;
/** How far ahead wake-ups are read: two intervals, so that a slow reading misses none. */
const horizonMs = 2 * intervalMs;
const wakeUpsMax = 5_000;
const requestsMax = 1_000;
/** A nudge takes milliseconds: a request this old has lost its own. */
const requestAgeMs = 2_000;

/** Reads, every few seconds, wake-ups that come near and requests whose nudge was lost, and corrects bounds that have passed. */
export class Upkeep implements Service {
  private cancelNext: (() => void) | undefined;
  private underWay: Promise<void> = Promise.resolve();
  private isBehind = false;
  private isStopped = true;

  constructor(
    private readonly lanes: readonly Lane[],
    private readonly store: RunStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    this.isStopped = false;
    this.scheduleNext();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelNext?.();
    await this.underWay.catch(() => {});
  }

  /** Resolves when no reading is under way. */
  async settled(): Promise<void> {
    await this.underWay.catch(() => {});
  }

  /** Everything that waits for shards that were just gained, whatever its age. */
  async readNow(shards: readonly OwnedShard[]): Promise<void> {
    await this.readWakeUps(shards);
    await this.readRequests(shards, 0);
    if (this.isBehind) this.scheduleNext();
  }

  private scheduleNext(): void {
    this.cancelNext?.();
    if (this.isStopped) return;
    const afterMs = this.isBehind ? intervalMsBehind : intervalMs;
    this.isBehind = false;
    this.cancelNext = this.clock.at(this.clock.now() + afterMs, () => {
      this.underWay = this.look()
        .catch((error: unknown) => this.log.warn('wake-ups and requests could not be read; they will be again', { error }))
        .then(() => this.scheduleNext());
    });
  }

  private async look(): Promise<void> {
    const shards = this.lanes.flatMap((lane) => lane.shards);
    if (shards.length === 0) return;
    const corrections = this.lanes.flatMap((lane) => lane.takeCorrections());
    if (corrections.length > 0) await this.store.correctWakeUps(shards, corrections);
    await this.readWakeUps(shards);
    await this.readRequests(shards, requestAgeMs);
  }

  private async readWakeUps(shards: readonly OwnedShard[]): Promise<void> {
    const wakeUps = await this.store.readWakeUps(
      shards.map(({ id }) => id),
      this.clock.now() + horizonMs,
      wakeUpsMax,
    );
    if (wakeUps.length === wakeUpsMax) this.isBehind = true;
    for (const { runId, shard, atMs } of wakeUps) this.laneOf(shard)?.wake(runId, shard, atMs);
  }

  private async readRequests(shards: readonly OwnedShard[], olderThanMs: number): Promise<void> {
    const waiting = await this.store.readWaitingRequests(
      shards.map(({ id }) => id),
      olderThanMs,
      requestsMax,
    );
    if (waiting.length === requestsMax) this.isBehind = true;
    for (const { runId, shard } of waiting) this.laneOf(shard)?.addInternals([{ runId, shard, input: { kind: 'read-requests' } }]);
  }

  private laneOf(shard: OwnedShard['id']): Lane | undefined {
    return this.lanes.find((lane) => lane.shards.some(({ id }) => id === shard));
  }
}
