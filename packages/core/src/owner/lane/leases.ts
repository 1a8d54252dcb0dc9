import type { RunId, ShardId } from '../../ids.js';
import type { LeasesRenewedMessage } from '../../messages/message.js';
import type { SavedHeartbeat } from '../../ports/run-store.port.js';
import { renewLease } from '../../run/lease.js';
import type { PendingActivity } from '../../run/pending-activity.js';
import type { Run } from '../../run/run.js';
import type { ResidentRuns } from './resident-runs.js';

/**
 * The leases of attempts, which no history holds: those of runs that were evicted are kept, for a run that comes back must not
 * give its workers more time than they had. Bounded by the attempts that are running.
 */
export class Leases {
  private readonly parked = new Map<RunId, { readonly shard: ShardId; readonly activities: ReadonlyMap<number, PendingActivity> }>();
  /** The latest of each activity since they were taken. */
  private heartbeats = new Map<string, SavedHeartbeat>();

  constructor(private readonly runs: ResidentRuns) {}

  /** @returns the runs of which nothing is known here: not read yet, over, or of another shard. */
  renew({ leases }: LeasesRenewedMessage, shard: ShardId, nowMs: number): ReadonlySet<RunId> {
    const strangers = new Set<RunId>();
    for (const { runId, activitySeq, attempt, heartbeat } of leases) {
      const resident = this.runs.get(runId)?.state;
      const known = resident ?? this.parked.get(runId);
      if (!known) strangers.add(runId);
      const activity = known?.activities.get(activitySeq);
      const details = heartbeat?.details;
      if (activity?.attempt === attempt) {
        if (activity.startedAtMs !== undefined) renewLease(activity, nowMs, heartbeat);
        // It was announced a moment ago, in the same batch: its lease begins when that is recorded.
        else activity.heartbeatDetails = details ?? activity.heartbeatDetails;
      }
      const isOver = resident && !activity;
      if (details !== undefined && !isOver) this.heartbeats.set(`${runId}:${activitySeq}`, { runId, shard, activitySeq, attempt, details });
    }
    return strangers;
  }

  /** Details that have to outlive this owner. */
  takeHeartbeats(): readonly SavedHeartbeat[] {
    const taken = [...this.heartbeats.values()];
    if (taken.length > 0) this.heartbeats = new Map();
    return taken;
  }

  /** Keeps the leases of a run that leaves memory. */
  park(run: Run): void {
    const running = [...run.state.activities].filter(([, { startedAtMs }]) => startedAtMs !== undefined);
    if (running.length > 0) this.parked.set(run.runId, { shard: run.shard.id, activities: new Map(running) });
  }

  /** The run is back: its leases go on where they were. */
  restore(run: Run): void {
    const parked = this.parked.get(run.runId);
    this.parked.delete(run.runId);
    for (const [seq, { attempt, lease, heartbeatDetails }] of parked?.activities ?? []) {
      const activity = run.state.activities.get(seq);
      if (activity?.attempt !== attempt || activity.startedAtMs === undefined) continue;
      activity.lease = lease;
      activity.heartbeatDetails = heartbeatDetails;
    }
  }

  forget(runId: RunId): void {
    this.parked.delete(runId);
  }

  forgetShard(shard: ShardId): void {
    for (const [runId, parked] of this.parked) if (parked.shard === shard) this.parked.delete(runId);
  }

  get size(): number {
    return this.parked.size + this.heartbeats.size;
  }
}
