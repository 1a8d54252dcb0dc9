import type { TypedEvent } from '../../history/event.js';
import { type LimitOptions, limitsIn } from '../../limits/limit-options.js';
import { limitOptions } from '../context/limit-call.js';
import type { AnyWorkflowDefinition } from './definition.js';

/** What a run comes under before its code may begin, or nothing: what its start says goes before what its definition says. */
export function runLimits(definition: AnyWorkflowDefinition, { data }: TypedEvent<'WorkflowStarted'>): LimitOptions | undefined {
  const isAnyStated = definition.concurrency ?? definition.rateLimit ?? data.concurrency ?? data.rateLimit;
  return isAnyStated && { ...limitOptions(definition), ...limitsIn(data) };
}
