import type { Failure } from '../failure.js';
import type { ExternalTarget } from '../history/event.js';
import type { LimitOptions } from '../limits/limit-options.js';
import type { Payload } from '../payload.js';
import type { RecordedActivityOptions } from '../run/activity-options.js';
import type { RecordedChildOptions } from '../run/child-options.js';
import type { LabelChange } from '../run/labels.js';
import type { StepLimits } from '../run/step-retries.js';
import type { ChildCancellation } from './context/child-workflow.js';
import type { StepAttempt } from './context/step-call.js';
import type { UpdateAnswer } from './update-handlers.js';
import type { Wait } from './wait.js';

/** What code asked for in a turn, in the order it asked. All but a step become history events at the turn's end. */
export type Command =
  | {
      readonly kind: 'ScheduleActivity';
      readonly activity: string;
      readonly options: RecordedActivityOptions;
      readonly input?: Payload;
      readonly wait: Wait;
    }
  | { readonly kind: 'CancelActivity'; readonly wait: Wait }
  | ScheduleMapCommand
  | { readonly kind: 'CancelMap'; readonly wait: Wait }
  | { readonly kind: 'StartTimer'; readonly durationMs: number; readonly wait: Wait }
  | { readonly kind: 'CancelTimer'; readonly wait: Wait }
  /** Nothing comes of it that code could wait for. */
  | { readonly kind: 'ChangeLabels'; readonly change: LabelChange; readonly wait?: undefined }
  | { readonly kind: 'AnswerUpdate'; readonly answer: UpdateAnswer; readonly wait?: undefined }
  | StartChildCommand
  | {
      readonly kind: 'SignalExternal';
      readonly target: ExternalTarget;
      readonly name: string;
      readonly payload?: Payload;
      readonly wait: Wait;
    }
  | { readonly kind: 'CancelExternal'; readonly target: ExternalTarget; readonly reason?: string; readonly wait: Wait }
  | StepCommand;

/** The code gets a promise of it. */
export type AwaitedCommand = Extract<Command, { readonly wait: Wait }>;

export interface ScheduleMapCommand {
  readonly kind: 'ScheduleMap';
  readonly activity: string;
  readonly items: readonly (Payload | undefined)[];
  /** See `MapScheduled`. */
  readonly firstItem: number;
  readonly digest: string;
  readonly concurrency: number;
  readonly settles: boolean;
  readonly options: Omit<RecordedActivityOptions, keyof LimitOptions>;
  readonly wait: Wait;
}

export interface StartChildCommand {
  readonly kind: 'StartChild';
  readonly workflow: string;
  readonly options: RecordedChildOptions & { readonly workflowId?: string };
  readonly cancellation: ChildCancellation;
  readonly input?: Payload;
  /** Settled when the child has started, or could not. */
  readonly wait: Wait;
  /** Settled when it has closed. */
  readonly result: Wait;
}

export interface StepCommand {
  readonly kind: 'RunStep';
  /** Counts the run's steps from 1. */
  readonly step: number;
  readonly name: string;
  readonly inputDigest?: string;
  readonly perform: (attempt: StepAttempt) => unknown;
  /** Absent for a step that has one attempt, of any length. */
  readonly limits?: StepLimits;
  readonly wait: Wait;
}

/** How the code ended. */
export type Outcome =
  | { readonly kind: 'completed'; readonly result?: Payload }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'canceled'; readonly reason?: string }
  | { readonly kind: 'continued-as-new'; readonly input?: Payload };
