export type {
  ActivityCallOptions,
  ActivityProxies,
  ActivityProxy,
  AnyWorkflowDefinition,
  BusinessFailure,
  CaughtFailure,
  Duration,
  QueryDefinition,
  RetryOptions,
  Saga,
  SagaOptions,
  Schema,
  Scope,
  ScopeOptions,
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
  CompensationFailedError,
  InvalidCommandError,
  isFailure,
  ScopeCanceledError,
  ScopeTimedOutError,
  StepFailedError,
  WorkflowCanceledError,
} from '@marathon/core';
export { query, signal, update } from './interactions.js';
export * from './workflow.decorator.js';
export * from './workflow.errors.js';
export { workflow } from './workflow.js';
