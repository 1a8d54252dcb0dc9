import type { ActivityTimeout, Failure } from '../failure.js';
import type { EventData } from '../history/event.js';
import type { Payload } from '../payload.js';
import type { ActivityOptions } from './activity-options.js';

/** An activity that has no outcome yet, and the attempt it is at. */
export interface PendingActivity {
  readonly seq: number;
  /** Of an item of a map: that of its `MapScheduled`. */
  readonly mapSeq?: number;
  readonly activity: string;
  readonly input: Payload | undefined;
  readonly options: ActivityOptions;
  readonly scheduledAtMs: number;
  attempt: number;
  /** How often workers handed this attempt back. */
  handBacks: number;
  /** When workers may take the attempt: at once, or after the back-off. */
  availableAtMs: number;
  /** Workers were offered the attempt, or will be from the outbox; false during the back-off. */
  isOffered: boolean;
  /** The attempt waits until there is room under its limits. */
  awaitsPlace: boolean;
  startedAtMs: number | undefined;
  /** No worker is at the attempt any more: its outcome is to come from elsewhere, and no lease holds it. */
  isDeferred: boolean;
  worker: string | undefined;
  /** Of an approval: whose it is, and when it becomes another's. */
  approval: { assignee: string | undefined; escalatesAtMs: number | undefined } | undefined;
  lastFailure: Failure | undefined;
  /** When the attempt before failed, or this one was handed back. */
  lastFailedAtMs?: number;
  heartbeatDetails: Payload | undefined;
  /** What this owner knows and no history holds: reset when the shard changes hands. */
  lease: { untilMs: number | undefined; lastHeartbeatAtMs: number | undefined };
}

/** A worker that is silent for this long has lost its tasks. */
export const leaseMs = 10_000;
/** How often a worker renews its leases, all in one message: four may be lost before they lapse. */
export const renewalIntervalMs = leaseMs / 5;

/** Whether `worker` may begin the current attempt, which another may have begun: nobody announced it, or that very worker did. */
export function isFreeFor(worker: string, { isOffered, isDeferred, startedAtMs, worker: holder }: PendingActivity): boolean {
  return isOffered && !isDeferred && (startedAtMs === undefined || holder === worker);
}

/** When the current attempt, or the whole activity, runs out of time first, and of which. */
export function nextTimeout(activity: PendingActivity): { readonly timeout: ActivityTimeout; readonly atMs: number } | undefined {
  const { options, startedAtMs, lease } = activity;
  let first: { timeout: ActivityTimeout; atMs: number } | undefined;
  const consider = (timeout: ActivityTimeout, from: number | undefined, lengthMs: number | undefined) => {
    if (from === undefined || lengthMs === undefined) return;
    if (first === undefined || from + lengthMs < first.atMs) first = { timeout, atMs: from + lengthMs };
  };
  consider('scheduleToClose', activity.scheduledAtMs, options.scheduleToCloseTimeoutMs);
  if (startedAtMs === undefined) {
    consider('scheduleToStart', activity.availableAtMs, options.scheduleToStartTimeoutMs);
  } else {
    consider('startToClose', startedAtMs, options.startToCloseTimeoutMs);
    // The worker keeps the exact limit. Renewals bring heartbeats in steps: this is for a worker that cannot report any more.
    const heartbeatMs = options.heartbeatTimeoutMs === undefined ? undefined : options.heartbeatTimeoutMs + 2 * renewalIntervalMs;
    consider('heartbeat', lease.lastHeartbeatAtMs ?? startedAtMs, heartbeatMs);
    consider('lease', lease.untilMs, 0);
  }
  return first;
}

/** What an activity that timed out has failed with. */
export const timedOut = ({ attempt, timeout, lastFailure }: EventData['ActivityTimedOut']): Failure => ({
  type: 'ActivityTimedOut',
  message: `attempt ${attempt} ran out of its ${timeout} time`,
  ...(lastFailure && { cause: lastFailure }),
});

/** Where all attempts must be over. */
export function closesAtMs({ scheduledAtMs, options }: PendingActivity): number {
  return scheduledAtMs + (options.scheduleToCloseTimeoutMs ?? Infinity);
}
