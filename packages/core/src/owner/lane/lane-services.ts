import type { TurnLoop } from '../../execution/turn-loop.js';
import type { OwnedShard, RunId, Shard, ShardId } from '../../ids.js';
import type { LimitName } from '../../limits/stated-limit.js';
import type { Clock } from '../../ports/clock.port.js';
import type { LimitStore } from '../../ports/limit-store.port.js';
import type { Log } from '../../ports/log.port.js';
import type { MessagePublisher } from '../../ports/message-publisher.port.js';
import type { Outbox } from '../../ports/outbox.port.js';
import type { PayloadStore } from '../../ports/payload-store.port.js';
import type { RunReader } from '../../ports/run-reader.port.js';
import type { RunStore } from '../../ports/run-store.port.js';
import type { Run } from '../../run/run.js';
import type { Definitions } from '../definitions.js';
import type { OutgoingRequests } from '../outgoing-requests.js';

/** What a lane works with. */
export interface LaneServices {
  readonly store: RunStore;
  readonly outbox: Outbox;
  readonly publisher: MessagePublisher;
  readonly clock: Clock;
  readonly turns: TurnLoop;
  readonly definitions: Definitions;
  /** What runs ask of other runs is done by these. */
  readonly outgoingRequests: Pick<OutgoingRequests, 'do' | 'conclude'>;
  /** For what is too large for histories and messages; without it, all of it stands in them. */
  readonly payloads?: PayloadStore | undefined;
  readonly limits: LimitStore;
  /** For the ends of children. */
  readonly reader: Pick<RunReader, 'readClosings'>;
  readonly log: Log;
  /** Where a shard's messages arrive, whoever owns it. */
  shardOf(id: ShardId): Promise<Shard | undefined>;
  newRunId(): RunId;
  /** See `StreamConsumer.caughtUpTo`. */
  caughtUpTo(shard: OwnedShard): number;
  /** See `StreamConsumer.sessionIsFresh`. */
  sessionIsFresh(): boolean;
  /** True when messages die with the process: what runs wait for is sent again when their shard is gained. */
  readonly losesMessages: boolean;
  /** Attempts of a queue that state a priority or a fairness key, and no limit, which are at workers at a time. Default 100. */
  readonly queueWindow?: number | undefined;
  /** How many events a run may have before it is suspended. Default 50,000. */
  readonly historyEventsMax?: number | undefined;
}

/** What a lane tells the owner of shards. */
export interface LaneListener {
  /** Another process has taken the shard. */
  onShardLost(shard: OwnedShard): void;
  /** The inbox has room again. */
  onRoom(): void;
  /** The entries of this source should be swept at once: nobody knows whether its last commit happened. */
  onOutcomeUnknown(source: string): void;
  /** Somebody waits for these limits, or has left them. */
  onLimitsChanged(names: readonly LimitName[]): void;
  /** What was decided for the run is durable; it may have closed. On the hot path. */
  onAdvanced(run: Run): void;
  /** The run leaves memory, because others need it more. */
  onEvicted(run: Run): void;
}

export interface LaneBounds {
  /** Runs kept in memory with their code; further ones are replayed when something happens to them. */
  readonly residentRuns: number;
  readonly residentBytes: number;
}
