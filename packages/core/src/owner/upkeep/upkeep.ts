import type { OwnedShard } from '../../ids.js';
import { Periodic } from '../../periodic.js';
import type { Clock } from '../../ports/clock.port.js';
import type { Log } from '../../ports/log.port.js';
import type { RunStore } from '../../ports/run-store.port.js';
import type { Lane } from '../lane/lane.js';

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
export class Upkeep extends Periodic {
  private isBehind = false;

  constructor(
    private readonly lanes: readonly Lane[],
    private readonly store: RunStore,
    clock: Clock,
    log: Log,
  ) {
    const failure = 'wake-ups and requests could not be read; they will be again';
    super({ failure, restMs: () => this.restMs(), perform: () => this.look() }, clock, log);
  }

  /** Everything that waits for shards that were just gained, whatever its age. */
  async readNow(shards: readonly OwnedShard[]): Promise<void> {
    await this.readWakeUps(shards);
    await this.readRequests(shards, 0);
    if (this.isBehind) this.rest();
  }

  private restMs(): number {
    const afterMs = this.isBehind ? intervalMsBehind : intervalMs;
    this.isBehind = false;
    return afterMs;
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
