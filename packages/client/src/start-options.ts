import type { Duration, LimitCallOptions, SearchAttributes } from '@marathon/core';
import type { StartWorkflowRequest } from '@marathon/protocol';
import type { RequestOptions } from './workflow-handle.js';

/** What a start may say. `input` is required where the workflow needs one. */
export type StartOptions<Input = unknown> = StartSettings &
  (undefined extends Input ? { readonly input?: Input } : { readonly input: Input });

/** They may be left out where the workflow needs no input. */
export type StartArguments<Input> = undefined extends Input ? [options?: StartOptions<Input>] : [options: StartOptions<Input>];

/** The limits that it states go before those of the definition. */
export interface StartSettings extends RequestOptions, LimitCallOptions {
  /** Unique among open runs. Default: a new UUID. */
  readonly workflowId?: string;
  /** Kept with the run and returned with it; never interpreted. */
  readonly memo?: Readonly<Record<string, unknown>>;
  /** What the run can be found by. */
  readonly searchAttributes?: SearchAttributes;
  /** The run times out when it is open for longer, as a duration or in milliseconds. Default: never. */
  readonly runTimeout?: Duration | number;
  /** The code runs after this. Default: at once. */
  readonly startDelay?: Duration | number;
  /** Default: the queue on which the workflow is registered. */
  readonly taskQueue?: string;
  /** What to do when an open run has the workflow id. Default `fail`. */
  readonly idConflict?: 'fail' | 'useExisting';
  /** Makes a repetition the same start, also across processes. 1–255 visible ASCII characters. Default: a fresh one for each call. */
  readonly idempotencyKey?: string;
}

export function startRequest(workflow: string, options: StartOptions): StartWorkflowRequest {
  const { workflowId, input, memo, searchAttributes, runTimeout, startDelay, taskQueue, idConflict } = options;
  const { concurrency, rateLimit, priority, fairnessKey } = options;
  return {
    workflow,
    ...(workflowId !== undefined && { workflowId }),
    ...(input !== undefined && { input }),
    ...(memo && { memo }),
    ...(searchAttributes && { searchAttributes }),
    ...(runTimeout !== undefined && { runTimeout: duration(runTimeout) }),
    ...(startDelay !== undefined && { startDelay: duration(startDelay) }),
    ...(taskQueue !== undefined && { taskQueue }),
    ...(concurrency && { concurrency }),
    ...(rateLimit && { rateLimit: { ...rateLimit, per: duration(rateLimit.per) } }),
    ...(priority !== undefined && { priority }),
    ...(fairnessKey !== undefined && { fairnessKey }),
    ...(idConflict && { idConflict }),
  };
}

const duration = (value: Duration | number): Duration => (typeof value === 'number' ? `${value}ms` : value);
