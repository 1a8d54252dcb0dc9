import { decodePayload, encodePayload, smallPayloadCharsMax } from '../../payload.js';
import type { RecordedChildOptions } from '../../run/child-options.js';
import { refuseSearchAttributes, type SearchAttributes } from '../../search/search-attributes.js';
import { InvalidCommandError } from '../errors.js';
import { mustBeTaskQueue } from './activity-call.js';
import type { ChildWorkflowOptions } from './child-workflow.js';
import { timeoutMs } from './interval.js';
import { limitOptions } from './limit-call.js';
import { mustBeSendable } from './names.js';

const policies = ['terminate', 'cancel', 'abandon'];
const cancellations = ['request', 'wait', 'abandon'];

/**
 * What a call says about a child, ready to be recorded.
 * @throws InvalidCommandError naming the option that makes no sense.
 */
export function childOptions(call: ChildWorkflowOptions): RecordedChildOptions & { readonly workflowId?: string } {
  const { workflowId, taskQueue, parentClosePolicy, cancellation, runTimeout, memo, searchAttributes } = call;
  if (workflowId !== undefined) mustBeSendable('the workflow id of a child', workflowId);
  mustBeOneOf('parentClosePolicy', parentClosePolicy, policies);
  mustBeOneOf('cancellation', cancellation, cancellations);
  const options = {
    workflowId,
    taskQueue: mustBeTaskQueue(taskQueue),
    parentClosePolicy: parentClosePolicy === 'terminate' ? undefined : parentClosePolicy,
    runTimeoutMs: timeoutMs('runTimeout', runTimeout),
    memo: mustBeLabels(memo),
    searchAttributes: mustBeSearchable(searchAttributes),
    ...limitOptions(call),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function mustBeOneOf(option: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return;
  throw new InvalidCommandError(`${option} is "${value}": it must be one of ${allowed.join(', ')}`);
}

function mustBeLabels(memo: unknown): Readonly<Record<string, unknown>> | undefined {
  if (memo === undefined) return undefined;
  const copy = decodePayload(encodePayload(memo, 'memo', smallPayloadCharsMax));
  if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) throw new InvalidCommandError('memo must be an object');
  return copy as Readonly<Record<string, unknown>>;
}

function mustBeSearchable(attributes: SearchAttributes | undefined): SearchAttributes | undefined {
  const refusal = attributes && refuseSearchAttributes(attributes);
  if (!refusal) return attributes;
  throw new InvalidCommandError(`searchAttributes${refusal.name === undefined ? '' : `.${refusal.name}`} ${refusal.message}`);
}
