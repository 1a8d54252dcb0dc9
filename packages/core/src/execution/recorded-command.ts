import type { HistoryEvent, Suspension, TypedEvent } from '../history/event.js';
import type { NewEvent } from '../run/decide.js';
import type { Command, Outcome, StepCommand } from './command.js';

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
    case 'StartTimer':
      return { type: 'TimerStarted', data: { firesAtMs: atMs + command.durationMs, durationMs: command.durationMs } };
    case 'CancelTimer':
      return { type: 'TimerCanceled', data: { timerSeq: command.wait.seq } };
    case 'ChangeLabels':
      return command.change;
    case 'AnswerUpdate':
      return command.answer;
    case 'RunStep':
      return undefined;
  }
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
      return `ActivityScheduled "${event.data.activity}" with input ${shown(event.payload)}`;
    case 'ActivityCanceled':
      return `ActivityCanceled of event ${event.data.activitySeq}`;
    case 'TimerStarted':
      return `TimerStarted for ${event.data.durationMs} ms`;
    case 'TimerCanceled':
      return `TimerCanceled of event ${event.data.timerSeq}`;
    case 'StatusSet':
    case 'MemoUpserted':
    case 'SearchAttributesUpserted':
      return `${event.type} to ${JSON.stringify(event.data)}`;
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

const shown = (payload: string | undefined) => payload ?? '(none)';

/** A step that code began where the history has another. */
export const otherStep = (
  step: StepCommand | undefined,
  { seq, data }: TypedEvent<'StepCompleted'> | TypedEvent<'StepFailed'>,
): Suspension => ({
  reason: 'non-deterministic',
  message: `step ${data.step} is another one than the history has`,
  expected: `step "${data.name}" with input digest ${data.inputDigest ?? '(none)'} (event ${seq})`,
  actual: step ? `step "${step.name}" with input digest ${step.inputDigest ?? '(none)'}` : 'no such step',
});
