import type { RunId, ShardId } from '../ids.js';
import type { LeasesRenewedMessage } from '../messages/message.js';
import { renewLease } from '../run/lease.js';
import type { PendingActivity } from '../run/pending-activity.js';
import type { Run } from '../run/run.js';

/**
 * The leases of attempts whose runs were evicted: no history holds them, and a run that comes back must not give its workers more
 * time than they had. Bounded by the attempts that are running.
 */
export class ParkedLeases {
  private readonly byRun = new Map<RunId, { readonly shard: ShardId; readonly activities: ReadonlyMap<number, PendingActivity> }>();

  /** Keeps the leases of a run that leaves memory. */
  park(run: Run): void {
    const running = [...run.state.activities].filter(([, { startedAtMs }]) => startedAtMs !== undefined);
    if (running.length > 0) this.byRun.set(run.runId, { shard: run.shard.id, activities: new Map(running) });
  }

  /** The run is back: its leases go on where they were. */
  restore(run: Run): void {
    const parked = this.byRun.get(run.runId);
    this.byRun.delete(run.runId);
    for (const [seq, { attempt, lease, heartbeatDetails }] of parked?.activities ?? []) {
      const activity = run.state.activities.get(seq);
      if (activity?.attempt !== attempt || activity.startedAtMs === undefined) continue;
      activity.lease = lease;
      activity.heartbeatDetails = heartbeatDetails;
    }
  }

  renew({ runId, activitySeq, attempt, heartbeat }: LeasesRenewedMessage['leases'][number], nowMs: number): void {
    const activity = this.byRun.get(runId)?.activities.get(activitySeq);
    if (activity?.attempt === attempt) renewLease(activity, nowMs, heartbeat);
  }

  forget(runId: RunId): void {
    this.byRun.delete(runId);
  }

  forgetShard(shard: ShardId): void {
    for (const [runId, parked] of this.byRun) if (parked.shard === shard) this.byRun.delete(runId);
  }

  get size(): number {
    return this.byRun.size;
  }
}
