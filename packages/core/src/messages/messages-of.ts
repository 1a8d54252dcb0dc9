import type { Failure } from '../failure.js';
import type { HistoryEvent, TypedEvent } from '../history/event.js';
import type { MapRecord } from '../history/map-record.js';
import type { RunId, ShardAddress } from '../ids.js';
import { type PendingActivity, timedOut } from '../run/pending-activity.js';
import { closedStatusOf, type RunState } from '../run/run-state.js';
import { childClosing } from './child-closing.js';
import type { Message, TaskMessage } from './message.js';

/** Whose events they are. */
export interface MessageSource {
  readonly runId: RunId;
  readonly address: ShardAddress;
  /** What the history says, the events included. */
  readonly state: RunState;
  /** Sent again by somebody who cannot know whether it was sent before. */
  readonly redelivered?: boolean;
}

/**
 * The messages that events call for: who commits them sends these, and so does a sweeper that finds them unsent. What watchers
 * and waiting gateways get is not among them: they ask again.
 */
export function messagesOf(
  source: MessageSource,
  events: readonly HistoryEvent[],
  /** Beside the events, of maps that are open still. */
  records: readonly MapRecord[] = [],
): readonly Message[] {
  const messages: Message[] = [];
  for (const event of events) {
    if (event.type === 'WorkflowStarted') messages.push(runStarted(source, event));
    else if (event.type === 'ActivityScheduled') offer(source, event.seq, messages);
    else if (event.type === 'ActivityRetryDue' || event.type === 'ActivityAdmitted') offer(source, event.data.activitySeq, messages);
    else if (event.type === 'ActivityFailed') bury(source, event.data.activitySeq, event.data.attempt, event.data.failure, messages);
    else if (event.type === 'ActivityTimedOut') bury(source, event.data.activitySeq, event.data.attempt, timedOut(event.data), messages);
    else if (event.type === 'ActivityCanceled') messages.push(cancellation(source, event.data.activitySeq));
    else if (event.type === 'MapFailed' || event.type === 'MapCanceled') endItems(source, event, messages);
    else if (closedStatusOf(event.type)) {
      for (const seq of source.state.activities.keys()) messages.push(cancellation(source, seq));
      messages.push(...childClosed(source, event));
    }
  }
  if (records.length > 0) offerItems(source, records, messages);
  return messages;
}

/** The task of an activity's current attempt. */
export function taskOf({ runId, address, state, redelivered }: MessageSource, activity: PendingActivity): TaskMessage {
  const { seq, attempt, input, options, heartbeatDetails, scheduledAtMs } = activity;
  const { scheduleToCloseTimeoutMs, heartbeatTimeoutMs, scheduleToStartTimeoutMs } = options;
  const { workflow, workflowId } = state.started.data;
  return {
    kind: 'activity-task',
    runId,
    activitySeq: seq,
    attempt,
    taskQueue: options.taskQueue,
    activity: activity.activity,
    workflow,
    workflowId,
    startToCloseTimeoutMs: options.startToCloseTimeoutMs,
    announceAtOnce: scheduleToStartTimeoutMs !== undefined || heartbeatTimeoutMs !== undefined,
    replyTo: address,
    ...(input !== undefined && { input }),
    ...(heartbeatDetails !== undefined && { heartbeatDetails }),
    ...(scheduleToCloseTimeoutMs !== undefined && { deadlineMs: scheduledAtMs + scheduleToCloseTimeoutMs }),
    ...(heartbeatTimeoutMs !== undefined && { heartbeatTimeoutMs }),
    ...(redelivered && { redelivered }),
  };
}

function runStarted({ runId, address, redelivered }: MessageSource, started: Extract<HistoryEvent, { type: 'WorkflowStarted' }>): Message {
  return { kind: 'run-started', to: address, runId, started, ...(redelivered && { redelivered }) };
}

/** Nothing when no run had started this one, or when another goes on for it. */
function childClosed({ runId, state }: MessageSource, event: HistoryEvent): readonly Message[] {
  const { parent, firstRunId: childRunId = runId, workflowId: childWorkflowId } = state.started.data;
  const closing = parent && childClosing(event);
  if (!closing) return [];
  const ids = { runId: parent.runId, childSeq: parent.childSeq, childWorkflowId, childRunId, closedRunId: runId };
  return [{ kind: 'child-closed', to: parent.shard, ...ids, ...closing }];
}

/** Nothing when the activity is over by now, with its run perhaps, or waits for its next attempt. */
function offer(source: MessageSource, activitySeq: number, messages: Message[]): void {
  const activity = source.state.activities.get(activitySeq);
  if (activity?.isOffered && !activity.isDeferred && source.state.isOpen) messages.push(taskOf(source, activity));
}

/** What was offered by these records and is under way, and dead letters. */
function offerItems(source: MessageSource, records: readonly MapRecord[], messages: Message[]): void {
  const [first, last] = [records[0], records.at(-1)] as [MapRecord, MapRecord];
  for (const map of source.state.maps?.open.values() ?? [])
    for (const [activitySeq, n] of map.underWay) if (n >= first.n && n <= last.n) offer(source, activitySeq, messages);
  for (const { type, data } of records.flatMap(({ changes = [] }) => changes))
    if (type === 'ActivityFailed') bury(source, data.activitySeq, data.attempt, data.failure, messages);
    else if (type === 'ActivityTimedOut') bury(source, data.activitySeq, data.attempt, timedOut(data), messages);
}

/** The map is over before its items are: nobody should go on with them. */
function endItems(source: MessageSource, event: TypedEvent<'MapFailed'> | TypedEvent<'MapCanceled'>, messages: Message[]): void {
  for (const seq of event.data.activities ?? []) messages.push(cancellation(source, seq));
  if (event.type !== 'MapFailed' || event.data.isTooLarge) return;
  const { mapSeq, attempt, failure } = event.data;
  const exhausted = [...source.state.exhausted.values()].find((activity) => activity.mapSeq === mapSeq);
  if (exhausted) bury(source, exhausted.seq, attempt, failure, messages);
}

/** The last attempt of an activity whose retry policy asks for it. */
function bury(source: MessageSource, activitySeq: number, attempt: number, failure: Failure, messages: Message[]): void {
  const activity = source.state.exhausted.get(activitySeq);
  if (!activity) return;
  const explanation = `activity "${activity.activity}" failed at attempt ${attempt}, its last: ${failure.message.slice(0, 1_000)}`;
  messages.push({ kind: 'dead-letter', reason: 'attempts-exhausted', explanation, task: taskOf(source, activity), failure });
}

const cancellation = ({ runId }: MessageSource, activitySeq: number): Message => ({
  kind: 'activity-cancel-requested',
  runId,
  activitySeq,
});
