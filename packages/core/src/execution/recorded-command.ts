import type { ExternalTarget, HistoryEvent, Suspension } from '../history/event.js';
import type { NewEvent } from '../run/new-event.js';
import type { Command, Outcome, StepCommand } from './command.js';
import type { Wait } from './wait.js';

/** The event that records a command; a step has none before it is over. */
export function commandEvent(command: Command, atMs: number): NewEvent | undefined {
  switch (command.kind) {
    case 'ScheduleActivity':
      return {
        type: 'ActivityScheduled',
        data: { activity: command.activity, ...command.options },
        ...(command.input !== undefined && { payload: command.input }),
      };
    case 'CancelActivity':
      return { type: 'ActivityCanceled', data: { activitySeq: command.wait.seq } };
    case 'ScheduleMap': {
      const { activity, items, firstItem, digest, concurrency, settles, options } = command;
      const data = { activity, count: items.length, firstItem, digest, concurrency, ...(settles && { settles }), ...options };
      return { type: 'MapScheduled', data };
    }
    case 'CancelMap':
      return { type: 'MapCanceled', data: { mapSeq: command.wait.seq } };
    case 'StartTimer':
      return { type: 'TimerStarted', data: { firesAtMs: atMs + command.durationMs, durationMs: command.durationMs } };
    case 'CancelTimer':
      return { type: 'TimerCanceled', data: { timerSeq: command.wait.seq } };
    case 'ChangeLabels':
      return command.change;
    case 'AnswerUpdate':
      return command.answer;
    case 'StartChild':
      return {
        type: 'ChildWorkflowInitiated',
        data: { workflow: command.workflow, ...command.options },
        ...(command.input !== undefined && { payload: command.input }),
      };
    case 'SignalExternal':
      return {
        type: 'ExternalSignalRequested',
        data: { ...command.target, name: command.name },
        ...(command.payload !== undefined && { payload: command.payload }),
      };
    case 'CancelExternal':
      return {
        type: 'ExternalCancelRequested',
        data: { ...command.target, ...(command.reason !== undefined && { reason: command.reason }) },
      };
    case 'RunStep':
      return undefined;
  }
}

/** What is asked for when the code does not wait any more: whoever adds a way to wait that is recorded says here how it is canceled. */
export function withdrawalOf(wait: Wait): readonly Command[] {
  if (wait.kind === 'activity' || wait.kind === 'approval') return [{ kind: 'CancelActivity', wait }];
  if (wait.kind === 'map') return [{ kind: 'CancelMap', wait }];
  return wait.kind === 'timer' || wait.kind === 'timeout' ? [{ kind: 'CancelTimer', wait }] : [];
}

/** The event that records how the code ended, but for continue-as-new, whose successor has no id yet. */
export function outcomeEvent(outcome: Exclude<Outcome, { kind: 'continued-as-new' }>): NewEvent {
  switch (outcome.kind) {
    case 'completed':
      return { type: 'WorkflowCompleted', data: {}, ...(outcome.result !== undefined && { payload: outcome.result }) };
    case 'failed':
      return { type: 'WorkflowFailed', data: { failure: outcome.failure } };
    case 'canceled':
      return { type: 'WorkflowCanceled', data: outcome.reason === undefined ? {} : { reason: outcome.reason } };
  }
}

/**
 * What replay compares: the type, the name, and the input. Options may change between builds (a longer time-out must not stop
 * running workflows), and instants follow from what was fed.
 */
export function replayIdentity(event: NewEvent | HistoryEvent): string {
  switch (event.type) {
    case 'ActivityScheduled':
      if (event.data.approval) return `ActivityScheduled of approval "${event.data.approval.title}"`;
      return `ActivityScheduled "${event.data.activity}" with input ${shown(event.payload)}`;
    case 'ActivityCanceled':
      return `ActivityCanceled of event ${event.data.activitySeq}`;
    case 'MapScheduled':
      return `MapScheduled of "${event.data.activity}" for ${event.data.count} items with digest ${event.data.digest}`;
    case 'MapCanceled':
      return `MapCanceled of event ${event.data.mapSeq}`;
    case 'TimerStarted':
      return `TimerStarted for ${event.data.durationMs} ms`;
    case 'TimerCanceled':
      return `TimerCanceled of event ${event.data.timerSeq}`;
    case 'StatusSet':
    case 'MemoUpserted':
    case 'SearchAttributesUpserted':
      return `${event.type} to ${JSON.stringify(event.data)}`;
    case 'ChildWorkflowInitiated':
      return `ChildWorkflowInitiated of "${event.data.workflow}" with id ${event.data.workflowId ?? '(none)'} and input ${shown(event.payload)}`;
    case 'ExternalSignalRequested':
      return `ExternalSignalRequested "${event.data.name}" to ${target(event.data)} with payload ${shown(event.payload)}`;
    case 'ExternalCancelRequested':
      return `ExternalCancelRequested to ${target(event.data)}`;
    case 'WorkflowCompleted':
      return `WorkflowCompleted with result ${shown(event.payload)}`;
    case 'WorkflowFailed':
      return `WorkflowFailed with ${event.data.failure.type}: ${event.data.failure.message}`;
    case 'UpdateCompleted':
      return `UpdateCompleted of event ${event.data.updateSeq} with result ${shown(event.payload)}`;
    case 'UpdateFailed':
    case 'UpdateRejected':
      return `${event.type} of event ${event.data.updateSeq} with ${event.data.failure.type}: ${event.data.failure.message}`;
    case 'WorkflowContinuedAsNew':
      return `WorkflowContinuedAsNew with input ${shown(event.payload)}`;
    default:
      return event.type;
  }
}

const target = (to: ExternalTarget) =>
  'childSeq' in to ? `the child of event ${to.childSeq}` : `"${to.workflowId}" (run ${to.runId ?? 'any'})`;
const shown = (payload: string | undefined) => payload ?? '(none)';

/** A step that code began where the history has another. */
export const otherStep = (
  step: StepCommand | undefined,
  seq: number,
  recorded: { readonly step: number; readonly name: string; readonly inputDigest?: string | undefined },
): Suspension => ({
  reason: 'non-deterministic',
  message: `step ${recorded.step} is another one than the history has`,
  expected: `step "${recorded.name}" with input digest ${recorded.inputDigest ?? '(none)'} (event ${seq})`,
  actual: step ? `step "${step.name}" with input digest ${step.inputDigest ?? '(none)'}` : 'no such step',
});
