import type { Failure } from '../../failure.js';
import type { Payload } from '../../payload.js';
import { failureOf } from '../failure-of.js';
import type { AnyWorkflowDefinition } from './definition.js';
import { issuesOf, PayloadInvalidError, WorkflowInputInvalidError } from './payload-check.js';
import type { Schema } from './schema.js';

/** Why a workflow's contract refuses what was sent to a run; nothing when it does not. */
export function refusalOf(
  { signals, queries, updates }: AnyWorkflowDefinition,
  kind: 'signal' | 'query' | 'update',
  name: string,
  payload: Payload | undefined,
): Failure | undefined {
  if (kind === 'signal')
    return misfitOf(signals?.find((signal) => signal.name === name)?.payload, payload, `the payload of signal "${name}"`);
  const known = kind === 'query' ? queries : updates;
  return misfitOf(known?.find((interaction) => interaction.name === name)?.input, payload, `the input of ${kind} "${name}"`);
}

/** @throws WorkflowInputInvalidError */
export function mustBeInputOf({ name, input }: AnyWorkflowDefinition, payload: Payload | undefined): void {
  const issues = issuesOf(input, payload);
  if (issues) throw new WorkflowInputInvalidError(`the input of workflow "${name}"`, issues);
}

/** @param what names the value */
export function misfitOf(schema: Schema | undefined, payload: Payload | undefined, what: string): Failure | undefined {
  const issues = issuesOf(schema, payload);
  return issues && failureOf(new PayloadInvalidError(what, issues));
}
