import type { OwnedShard, Shard, ShardId } from '../ids.js';
import type { LimitName } from '../limits/stated-limit.js';
import type { Service } from '../ports/service.js';
import type { Sweeper } from '../relay/sweeper.js';
import type { Run } from '../run/run.js';
import { type CountName, Counts } from './counts.js';
import type { Delivery } from './delivery.js';
import { Lane } from './lane/lane.js';
import type { LaneBounds, LaneServices } from './lane/lane-services.js';
import { Admissions } from './upkeep/admissions.js';
import { Auditor } from './upkeep/auditor.js';
import { PayloadUpkeep } from './upkeep/payload-upkeep.js';
import { Recovery } from './upkeep/recovery.js';
import { type AuditedOwner, ReplayAudit } from './upkeep/replay-audit.js';
import { Upkeep } from './upkeep/upkeep.js';

export interface ShardOwnerOptions extends LaneBounds {
  /** Names this process in the shards it owns and the outbox entries it leaves. */
  readonly name: string;
  /** How long workers may be silent about an attempt before it is offered again, and a run open before it is looked at. */
  readonly resendAfterMs: number;
}

export interface ShardOwnerListener {
  /** Another process has raised the shard's epoch: ask the stream whose it is before gaining it again. */
  onShardLost(shard: Shard): void;
  /** A lane that had refused more has room again. */
  onRoom(): void;
}

/**
 * Owns shards: raises their epochs, brings back what their open runs wait for, and spreads what arrives over lanes.
 */
export class ShardOwner implements Service {
  private readonly lanes: readonly Lane[];
  private readonly store: LaneServices['store'];
  private readonly counted = new Counts();
  private readonly laneOf = new Map<ShardId, Lane>();
  private readonly upkeep: Upkeep;
  private readonly payloadUpkeep: PayloadUpkeep | undefined;
  private readonly recovery: Recovery;
  private readonly replayAudit: ReplayAudit;
  private readonly auditor: Auditor;
  private readonly admissions: Admissions;

  constructor(
    private readonly options: ShardOwnerOptions,
    private readonly services: Omit<LaneServices, 'store'>,
    /** One for each lane, over which shards are spread by partition: one connection, one batch under way at a time. */
    stores: readonly LaneServices['store'][],
    sweeper: Sweeper,
    private readonly listener: ShardOwnerListener,
  ) {
    this.admissions = new Admissions(services);
    const laneListener = {
      onLimitsChanged: (names: readonly LimitName[]) => this.admissions.note(names),
      onShardLost: (shard: OwnedShard) => this.onShardLost(shard),
      onRoom: () => listener.onRoom(),
      onOutcomeUnknown: (source: string) => void sweeper.sweepSource(source),
      onAdvanced: (run: Run) => this.replayAudit.offer(run),
      onEvicted: (run: Run) => this.replayAudit.evicted(run),
    };
    const bounds = {
      residentRuns: Math.ceil(options.residentRuns / stores.length),
      residentBytes: Math.ceil(options.residentBytes / stores.length),
    };
    this.lanes = stores.map((store, i) => new Lane(`${options.name}/${i}`, { ...services, store }, laneListener, bounds, this.counted));
    this.store = stores[0] as LaneServices['store'];
    this.recovery = new Recovery(this.store, services.losesMessages, services.clock, services.log);
    this.payloadUpkeep = services.payloads && new PayloadUpkeep(services.payloads, services.clock, services.log);
    this.upkeep = new Upkeep(this.lanes, this.store, services.clock, services.log);
    this.auditor = new Auditor(this.lanes, { ...services, store: this.store }, this.counted, options.resendAfterMs);
    this.replayAudit = new ReplayAudit({ ...services, store: this.store }, this.asAudited());
  }

  async start(): Promise<void> {
    await Promise.all([
      this.upkeep.start(),
      this.payloadUpkeep?.start(),
      this.auditor.start(),
      this.admissions.start(),
      this.replayAudit.start(),
    ]);
  }

  /** Takes the shards over from whoever had them; resolves when their messages may come. */
  async gain(shards: readonly Shard[]): Promise<void> {
    if (shards.length === 0) return;
    const owned = await this.store.gainShards(shards, this.options.name);
    for (const shard of owned) {
      const lane = this.lanes[shard.partition % this.lanes.length] as Lane;
      this.laneOf.set(shard.id, lane);
      lane.gain([shard]);
    }
    this.auditor.gained(owned);
    this.replayAudit.searchPromises();
    this.services.log.info('owns shards', {
      shards: owned.map(({ taskQueue, partition, epoch }) => `${taskQueue}/${partition}@${epoch}`).join(' '),
    });
    for (const lane of this.lanes) {
      const theirs = owned.filter(({ id }) => this.laneOf.get(id) === lane);
      if (theirs.length > 0) void this.recover(lane, theirs);
    }
    this.admissions.sweepNow();
    await this.upkeep.readNow(owned);
  }

  lose(shards: readonly Shard[]): void {
    for (const { id } of shards) {
      this.laneOf.get(id)?.lose(id);
      this.laneOf.delete(id);
    }
  }

  /** @returns false when the shard's messages should be held back until `onRoom`. */
  accept(delivery: Delivery): boolean {
    return this.laneOf.get(delivery.shard)?.accept(delivery) ?? true;
  }

  /** Resolves when all that has arrived so far is committed, what recovery and upkeep found included. */
  async settled(): Promise<void> {
    await this.upkeep.settled();
    await this.recovery.settled();
    await this.replayAudit.settled();
    await this.auditor.settled();
    await this.admissions.settled();
    await Promise.all(this.lanes.map((lane) => lane.settled()));
  }

  async stop(): Promise<void> {
    await Promise.all([this.upkeep.stop(), this.payloadUpkeep?.stop(), this.auditor.stop(), this.admissions.stop()]);
    await Promise.all([this.recovery.stop(), this.replayAudit.stop(), ...this.lanes.map((lane) => lane.stop())]);
  }

  /** How often messages were sent on or dropped, by reason. */
  get counts(): Readonly<Record<CountName, number>> {
    return this.counted.all;
  }

  get residentRuns(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.residentRuns, 0);
  }

  /** How many steps in place are being performed. */
  get stepsUnderWay(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.stepsUnderWay, 0);
  }

  private asAudited(): AuditedOwner {
    const { laneOf } = this;
    return {
      get shards() {
        return [...laneOf.keys()];
      },
      isResident: (runId, shard) => laneOf.get(shard)?.resident(runId) !== undefined,
      onGuilty: (runId, shard, suspension, atSeq) => {
        const input = { kind: 'suspend', suspension, ...(atSeq !== undefined && { atSeq }) } as const;
        laneOf.get(shard)?.addInternals([{ runId, shard, input }]);
      },
    };
  }

  private async recover(lane: Lane, shards: readonly OwnedShard[]): Promise<void> {
    try {
      await this.recovery.recover(lane, shards);
    } catch (error) {
      this.services.log.error('could not bring back what open runs wait for', { error });
    }
  }

  private onShardLost(shard: OwnedShard): void {
    this.laneOf.delete(shard.id);
    this.services.log.warn('another process has taken a shard', { shard: `${shard.taskQueue}/${shard.partition}` });
    this.listener.onShardLost(shard);
  }
}
