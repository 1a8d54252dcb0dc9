export type { CaughtFailure } from '@marathon/core';
export type { Approval, HistoryEntry, WhyAnswer, WorkflowDescription, WorkflowSummary } from '@marathon/protocol';
export * from './errors.js';
export {
  type AnswerOptions,
  type ApprovalsOptions,
  type CountedGroups,
  type CountedRuns,
  type CountOptions,
  type ListOptions,
  MarathonClient,
  type MarathonClientOptions,
  type StartedWorkflow,
} from './marathon-client.js';
export type { StartOptions } from './start-options.js';
export type {
  InputOf,
  NamedWorkflow,
  OutputOf,
  PayloadOf,
  QueryInputOf,
  QueryOutputOf,
  UpdateInputOf,
  UpdateOutputOf,
  WorkflowType,
} from './types.js';
export type { EventsOptions, RequestOptions, ResultOptions, SignalOptions, WorkflowHandle } from './workflow-handle.js';
