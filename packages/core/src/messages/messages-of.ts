import type { Failure } from '../failure.js';
import type { HistoryEvent, TypedEvent } from '../history/event.js';
import type { RunId, ShardAddress } from '../ids.js';
import type { PendingActivity } from '../run/pending-activity.js';
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
export function messagesOf(source: MessageSource, events: readonly HistoryEvent[]): readonly Message[] {
  const messages: Message[] = [];
  for (const event of events) {
    if (event.type === 'WorkflowStarted') messages.push(runStarted(source, event));
    else if (event.type === 'ActivityScheduled') offer(source, event.seq, messages);
    else if (event.type === 'ActivityRetryDue') offer(source, event.data.activitySeq, messages);
    else if (event.type === 'ActivityFailed' || event.type === 'ActivityTimedOut') bury(source, event, messages);
    else if (event.type === 'ActivityCanceled') messages.push(cancellation(source, event.data.activitySeq));
    else if (closedStatusOf(event.type)) {
      for (const seq of source.state.activities.keys()) messages.push(cancellation(source, seq));
      messages.push(...childClosed(source, event));
    }
  }
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

/** The last attempt of an activity whose retry policy asks for dead letters. */
function bury(source: MessageSource, event: TypedEvent<'ActivityFailed'> | TypedEvent<'ActivityTimedOut'>, messages: Message[]): void {
  const activity = source.state.exhausted.get(event.data.activitySeq);
  if (!activity) return;
  const failure = event.type === 'ActivityFailed' ? event.data.failure : timedOut(event.data);
  const explanation = `activity "${activity.activity}" failed at attempt ${event.data.attempt}, its last: ${failure.message.slice(0, 1_000)}`;
  messages.push({ kind: 'dead-letter', reason: 'attempts-exhausted', explanation, task: taskOf(source, activity), failure });
}

const timedOut = ({ attempt, timeout, lastFailure }: TypedEvent<'ActivityTimedOut'>['data']): Failure => ({
  type: 'ActivityTimedOut',
  message: `attempt ${attempt} ran out of its ${timeout} time`,
  ...(lastFailure && { cause: lastFailure }),
});

const cancellation = ({ runId }: MessageSource, activitySeq: number): Message => ({
  kind: 'activity-cancel-requested',
  runId,
  activitySeq,
});
