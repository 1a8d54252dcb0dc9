import type { Payload } from '../payload.js';
import { leaseMs, type PendingActivity } from './pending-activity.js';
import type { RunState } from './run-state.js';

/** A new owner does not know when leases were last renewed: each starts anew. */
export function beginLeases(state: RunState, nowMs: number): void {
  for (const { startedAtMs, isDeferred, lease } of state.activities.values()) {
    if (startedAtMs === undefined) continue;
    lease.untilMs = isDeferred ? undefined : nowMs + leaseMs;
    lease.lastHeartbeatAtMs = nowMs;
  }
}

export function renewLease(activity: PendingActivity, nowMs: number, heartbeat?: { readonly details?: Payload }): void {
  if (!activity.isDeferred) activity.lease.untilMs = nowMs + leaseMs;
  if (!heartbeat) return;
  activity.lease.lastHeartbeatAtMs = nowMs;
  activity.heartbeatDetails = heartbeat.details ?? activity.heartbeatDetails;
}

/** The workers that held them died with the stream: attempts that were offered are nobody's again, and are to be offered once more. */
export function reclaimAttempts(state: RunState): readonly PendingActivity[] {
  const offered = [...state.activities.values()].filter(({ isOffered, isDeferred }) => isOffered && !isDeferred);
  for (const activity of offered) {
    activity.startedAtMs = undefined;
    activity.worker = undefined;
    activity.lease = { untilMs: undefined, lastHeartbeatAtMs: undefined };
  }
  return offered;
}
