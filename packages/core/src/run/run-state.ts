import type { HistoryEvent, Suspension, TypedEvent } from '../history/event.js';
import { bringsPlace, Places } from '../limits/places.js';
import type { Payload } from '../payload.js';
import { isReference, outOfLineBytes } from '../payload-reference.js';
import { type ApprovalRequest, withDefaults } from './activity-options.js';
import { Asked } from './asked.js';
import { roleOf } from './event-roles.js';
import { foldAttempt } from './fold-attempt.js';
import type { ItemEvent } from './item-event.js';
import { changeLabels, initialLabels, isLabelChange, type Labels, noLabels } from './labels.js';
import { Maps, type StoredMaps } from './maps.js';
import type { NewEvent } from './new-event.js';
import type { PendingActivity } from './pending-activity.js';
import { type ClosedStatus, isClosed, type RunStatus } from './status.js';
import { StepRetries } from './step-retries.js';
import { Updates } from './updates.js';

const closingStatus: Partial<Record<HistoryEvent['type'], ClosedStatus>> = {
  WorkflowCompleted: 'Completed',
  WorkflowFailed: 'Failed',
  WorkflowCanceled: 'Canceled',
  WorkflowTimedOut: 'TimedOut',
  WorkflowTerminated: 'Terminated',
  WorkflowContinuedAsNew: 'ContinuedAsNew',
};

/** How far back inputs without an answer are remembered. */
const lastInputsMax = 20;

export const closedStatusOf = (type: HistoryEvent['type']): ClosedStatus | undefined => closingStatus[type];

/**
 * What a history says of its run, event by event: a pure fold, the same for the owner, a replay and a reader.
 */
export class RunState {
  status: RunStatus = 'Pending';
  lastSeq = 0;
  /** Time as of the last event: it never goes back. */
  clockMs = 0;
  /** The number of the last request that is in the history. */
  taken = 0;
  cancelRequested = false;
  /** It may be let in all the same, while it closes. */
  private isCanceledInLine = false;
  suspension: Suspension | undefined;
  suspendedAtMs: number | undefined;
  readonly activities = new Map<number, PendingActivity>();
  /** The activities that are approvals, over or not. */
  readonly approvals = new Set<number>();
  /** Those that failed for good under a policy that makes dead letters of them. */
  readonly exhausted = new Map<number, PendingActivity>();
  /** Timers that have not fired, by seq, with the instant at which they do. */
  readonly timers = new Map<number, number>();
  labels: Labels = noLabels;
  readonly asked = new Asked();
  /** When code starts, for a run whose start was delayed and not reached yet. */
  startsAtMs: number | undefined;
  /** When the run times out. */
  timesOutAtMs: number | undefined;
  /** Characters of all payloads so far. */
  payloadChars = 0;
  /** Bytes of those that stand beside the history. */
  outOfLineBytes = 0;
  /** How far the history was when the last suspension ended. */
  resumedAt = { seq: 0, payloadChars: 0, outOfLineBytes: 0 };
  /** How often code of a build held its process until that was ended, by build. */
  readonly ownersEnded = new Map<string, number>();
  /** Absent before the first. */
  updates: Updates | undefined;
  /** Absent before the first. */
  stepRetries: StepRetries | undefined;
  /** Absent before the first. */
  maps: Maps | undefined;
  /** Absent while nothing of the run has come under a limit. */
  places: Places | undefined;
  /** Inputs that the code has not been fed, because it waits for its start or is suspended. */
  deferred: HistoryEvent[] = [];
  /** What the code was fed since it gave commands for the last time, or last of all, and whether it gave some in answer. */
  private lastInputs: readonly HistoryEvent[] = [];
  private isAnswered = false;
  private first: TypedEvent<'WorkflowStarted'> | undefined;

  /** @param stored what its open maps have beside the history; without it nothing is known of their items */
  static of(history: readonly HistoryEvent[], stored?: StoredMaps): RunState {
    const state = new RunState();
    if (stored) state.maps = new Maps(state, stored.last);
    for (const event of history) state.apply(event);
    if (stored) state.read(stored);
    return state;
  }

  get started(): TypedEvent<'WorkflowStarted'> {
    if (!this.first) throw new Error('a history begins with WorkflowStarted');
    return this.first;
  }

  get isOpen(): boolean {
    return !isClosed(this.status);
  }

  /** True while code may run: started, and not suspended or closed. */
  get runsCode(): boolean {
    return this.isOpen && this.suspension === undefined && this.startsAtMs === undefined && !this.awaitsPlace;
  }

  /** The run waits until there is room for it under its limits. */
  get awaitsPlace(): boolean {
    return this.places?.awaitsRun ?? false;
  }

  /** The run was canceled before there was room for it: its code has never begun. */
  get endedInLine(): boolean {
    return !this.isOpen && this.isCanceledInLine;
  }

  /** From where on inputs count as not processed when the code is stopped now: those that it gave no answer to could be fed anew. */
  get unansweredFrom(): number {
    return (this.isAnswered ? undefined : this.lastInputs[0]?.seq) ?? this.lastSeq + 1;
  }

  /** @returns what the code is fed because of it, each in a turn of its own. */
  apply(event: HistoryEvent): readonly HistoryEvent[] {
    this.lastSeq = event.seq;
    this.clockMs = event.at;
    this.payloadChars += event.payload?.length ?? 0;
    if (isReference(event.payload)) this.outOfLineBytes += outOfLineBytes(event.payload);
    if (this.places || bringsPlace(event)) this.foldPlaces(event);
    this.fold(event);
    if (roleOf(event.type) === 'command') this.isAnswered = true;
    const fed = this.fedBy(event);
    if (fed.length > 0) {
      this.lastInputs = this.isAnswered ? fed : [...this.lastInputs, ...fed].slice(-Math.max(fed.length, lastInputsMax));
      this.isAnswered = false;
    }
    return fed;
  }

  /** Gives a map that was scheduled just now its items. */
  supplyItems(mapSeq: number, items: readonly (Payload | undefined)[]): void {
    this.maps?.supply(mapSeq, items, this.clockMs);
  }

  /** Something happens to an item of an open map: a record says so, and no event. @returns how the map ends, if it does. */
  takeItem(event: ItemEvent, at: number): NewEvent | undefined {
    this.clockMs = at;
    if ('n' in event.data) this.taken = event.data.n ?? this.taken;
    return this.maps?.take(event, at);
  }

  private read({ records }: StoredMaps): void {
    for (const record of records) {
      this.clockMs = Math.max(this.clockMs, record.at);
      for (const { data } of record.changes ?? []) if ('n' in data) this.taken = Math.max(this.taken, data.n ?? 0);
      this.maps?.read(record);
    }
    this.maps?.areRead();
  }

  private fedBy(event: HistoryEvent): readonly HistoryEvent[] {
    const role = roleOf(event.type);
    if (role === 'input') {
      if (this.runsCode) return [event];
      if (this.isOpen) this.deferred.push(event);
      return [];
    }
    if (role !== 'release' || !this.runsCode) return [];
    const released = this.deferred;
    this.deferred = [];
    return released;
  }

  private fold(event: HistoryEvent): void {
    switch (event.type) {
      case 'WorkflowStarted':
        return this.foldStart(event);
      case 'WorkflowStartDelayElapsed':
        this.startsAtMs = undefined;
        return;
      case 'WorkflowQueued':
        this.deferred = [...this.lastInputs, ...this.deferred];
        this.lastInputs = [];
        return;
      case 'WorkflowAdmitted':
        this.taken = event.data.n;
        return;
      case 'WorkflowSuspended':
        this.countEndedOwner(event.data.suspension);
        this.status = 'Suspended';
        this.suspension = event.data.suspension;
        this.suspendedAtMs = event.at;
        this.deferred = [...this.lastInputs.filter(({ seq }) => seq >= event.data.unprocessedFrom), ...this.deferred];
        // They come back with the resumption; a second suspension must not find them twice.
        this.lastInputs = this.lastInputs.filter(({ seq }) => seq < event.data.unprocessedFrom);
        return;
      case 'WorkflowResumed':
        this.taken = event.data.n ?? this.taken;
        if (!this.suspension) return;
        this.suspension = undefined;
        this.status = 'Running';
        this.resumedAt = { seq: event.seq, payloadChars: this.payloadChars, outOfLineBytes: this.outOfLineBytes };
        return;
      case 'SignalReceived':
        this.taken = event.data.n;
        return;
      case 'CancelRequested':
        this.taken = event.data.n;
        this.cancelRequested = true;
        this.isCanceledInLine ||= this.awaitsPlace;
        return;
      case 'UpdateReceived':
      case 'UpdateRefused':
        this.taken = event.data.n;
        this.updates ??= new Updates();
        return this.updates.fold(event);
      case 'UpdateCompleted':
      case 'UpdateFailed':
      case 'UpdateRejected':
        this.updates?.fold(event);
        return this.decided();
      case 'TimerStarted':
        this.timers.set(event.seq, event.data.firesAtMs);
        return this.decided();
      case 'TimerFired':
      case 'TimerCanceled':
        this.timers.delete(event.data.timerSeq);
        return;
      case 'StepRetryScheduled':
        this.stepRetries ??= new StepRetries();
        this.stepRetries.fold(event);
        return this.decided();
      case 'StepRetryDue':
      case 'StepRetryCanceled':
        return this.stepRetries?.fold(event);
      case 'StepCompleted':
      case 'StepFailed':
        this.stepRetries?.fold(event);
        return this.decided();
      default:
        return this.foldActivityOrClosing(event);
    }
  }

  private foldPlaces(event: HistoryEvent): void {
    this.places ??= new Places();
    const { taskQueue } = event.type === 'WorkflowStarted' ? event.data : this.started.data;
    this.places.fold(event, taskQueue);
  }

  private foldStart(event: TypedEvent<'WorkflowStarted'>): void {
    this.first = event;
    this.labels = initialLabels(event.data);
    const { startDelayMs, runTimeoutMs } = event.data;
    const startsAtMs = event.at + (startDelayMs ?? 0);
    if (startDelayMs !== undefined) this.startsAtMs = startsAtMs;
    if (runTimeoutMs !== undefined) this.timesOutAtMs = startsAtMs + runTimeoutMs;
  }

  private foldActivityOrClosing(event: HistoryEvent): void {
    // Outcomes that tokens brought are requests.
    if ('activitySeq' in event.data && 'n' in event.data) this.taken = event.data.n ?? this.taken;
    switch (event.type) {
      case 'ActivityScheduled':
        this.activities.set(event.seq, this.scheduled(event));
        if (event.data.approval) this.approvals.add(event.seq);
        return this.decided();
      case 'ActivityStarted':
      case 'ApprovalEscalated':
      case 'ActivityDeferred':
      case 'ActivityRetryScheduled':
      case 'ActivityRetryDue': {
        const activity = this.activities.get(event.data.activitySeq);
        if (activity) foldAttempt(activity, event);
        if (activity && this.places) waitInLine(activity, this.places);
        return;
      }
      case 'ActivityAdmitted': {
        const { activitySeq, attempt } = event.data;
        const activity = this.activities.get(activitySeq);
        if (activity?.awaitsPlace && activity.attempt === attempt) leaveLine(activity);
        return;
      }
      case 'ActivityFailed':
      case 'ActivityTimedOut': {
        const activity = this.activities.get(event.data.activitySeq);
        if (activity?.options.retry.deadLetter) this.exhausted.set(activity.seq, activity);
        this.activities.delete(event.data.activitySeq);
        return;
      }
      case 'ActivityCompleted':
      case 'ActivityCanceled':
        this.activities.delete(event.data.activitySeq);
        return;
      case 'MapScheduled':
        this.maps ??= new Maps(this, 0);
        this.maps.schedule(event, this.started.data.taskQueue);
        return this.decided();
      case 'MapCompleted':
      case 'MapFailed':
      case 'MapCanceled':
        this.taken = Math.max(this.taken, event.data.taken ?? 0);
        return this.maps?.end(event);
      default:
        this.asked.fold(event);
        if (isLabelChange(event)) this.labels = changeLabels(this.labels, event);
        if (roleOf(event.type) === 'command') this.decided();
        return this.close(event);
    }
  }

  private scheduled(event: TypedEvent<'ActivityScheduled'>): PendingActivity {
    const { activity, ...recorded } = event.data;
    const awaitsPlace = this.places?.awaits(event.seq) ?? false;
    return {
      seq: event.seq,
      activity,
      input: event.payload,
      options: withDefaults(recorded, this.started.data.taskQueue),
      scheduledAtMs: event.at,
      attempt: 1,
      handBacks: 0,
      availableAtMs: event.at,
      startedAtMs: recorded.approval && event.at,
      isDeferred: recorded.approval !== undefined,
      approval: recorded.approval && openApproval(recorded.approval, event.at),
      worker: undefined,
      lastFailure: undefined,
      heartbeatDetails: undefined,
      isOffered: !awaitsPlace,
      awaitsPlace,
      lease: { untilMs: undefined, lastHeartbeatAtMs: undefined },
    };
  }

  private close(event: HistoryEvent): void {
    const status = closedStatusOf(event.type);
    if (!status) return;
    if (event.type === 'WorkflowTerminated') this.taken = Math.max(this.taken, event.data.n ?? 0);
    this.status = status;
    this.deferred = [];
  }

  private decided(): void {
    if (this.status === 'Pending') this.status = 'Running';
  }

  private countEndedOwner({ reason, build = '' }: Suspension): void {
    if (reason === 'unresponsive') this.ownersEnded.set(build, (this.ownersEnded.get(build) ?? 0) + 1);
  }
}

const openApproval = ({ assignee, escalation }: ApprovalRequest, atMs: number) => ({
  assignee,
  escalatesAtMs: escalation && atMs + escalation.afterMs,
});

/** What would be offered to workers waits first. */
function waitInLine(activity: PendingActivity, places: Places): void {
  activity.awaitsPlace = places.awaits(activity.seq);
  activity.isOffered &&= !activity.awaitsPlace;
}

function leaveLine(activity: PendingActivity): void {
  activity.awaitsPlace = false;
  activity.isOffered = true;
}
