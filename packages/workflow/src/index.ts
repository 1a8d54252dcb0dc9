export type {
  ActivityCallOptions,
  AnyWorkflowDefinition,
  CaughtFailure,
  Duration,
  RetryOptions,
  StepOptions,
  WorkflowContext,
  WorkflowDefinition,
} from '@marathon/core';
export {
  ActivityFailedError,
  ActivityTimedOutError,
  InvalidCommandError,
  StepFailedError,
  WorkflowCanceledError,
} from '@marathon/core';
export { workflow } from './workflow.js';
