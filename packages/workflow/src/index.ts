export type {
  ActivityCallOptions,
  ActivityProxies,
  ActivityProxy,
  AnyWorkflowDefinition,
  CaughtFailure,
  Duration,
  QueryDefinition,
  RetryOptions,
  Schema,
  SignalDefinition,
  StepOptions,
  UpdateDefinition,
  WorkflowContext,
  WorkflowContract,
  WorkflowDefinition,
} from '@marathon/core';
export {
  ActivityFailedError,
  ActivityTimedOutError,
  InvalidCommandError,
  StepFailedError,
  WorkflowCanceledError,
} from '@marathon/core';
export { query, signal, update } from './interactions.js';
export { workflow } from './workflow.js';
