import type { ExternalTarget } from '../../history/event.js';
import { type RunId, runId } from '../../ids.js';
import { encodePayload } from '../../payload.js';
import type { AnySignalDefinition } from '../definition/interactions.js';
import { mustFit } from '../definition/payload-check.js';
import { InvalidCommandError } from '../errors.js';
import { Wait } from '../wait.js';
import type { ChildWorkflow, OtherWorkflow } from './child-workflow.js';
import type { CommandSink } from './command-sink.js';
import { mustBeSendable } from './names.js';

const runIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const never = new Promise<never>(() => {});

/** Turns calls of a handle into commands. */
export class OtherWorkflowHandle implements OtherWorkflow {
  readonly #execution: CommandSink;
  readonly #target: ExternalTarget;

  constructor(
    execution: CommandSink,
    target: ExternalTarget,
    readonly workflowId: string,
  ) {
    this.#execution = execution;
    this.#target = target;
  }

  signal(signal: AnySignalDefinition | string, payload?: unknown): Promise<void> {
    const name = typeof signal === 'string' ? signal : signal.name;
    mustBeSendable('the name of a signal', name);
    const encoded = encodePayload(payload, `the payload of signal "${name}"`);
    if (typeof signal !== 'string') mustFit(signal.payload, encoded, `the payload of signal "${name}"`);
    const wait = new Wait('request', `signal "${name}" to "${this.workflowId}"`);
    const command = { kind: 'SignalExternal', target: this.#target, name, wait } as const;
    const counts = this.#execution.issue(encoded === undefined ? command : { ...command, payload: encoded }, `signal("${name}")`);
    return (counts ? wait.promise : never) as Promise<void>;
  }

  cancel(reason?: string): Promise<void> {
    const wait = new Wait('request', `cancel "${this.workflowId}"`);
    const command = { kind: 'CancelExternal', target: this.#target, wait } as const;
    const counts = this.#execution.issue(reason === undefined ? command : { ...command, reason }, 'cancel()');
    return (counts ? wait.promise : never) as Promise<void>;
  }
}

/** @throws InvalidCommandError for ids that no run has. */
export function otherWorkflow(execution: CommandSink, workflowId: string, run: string | undefined): OtherWorkflow {
  mustBeSendable('a workflow id', workflowId);
  if (run === undefined) return new OtherWorkflowHandle(execution, { workflowId }, workflowId);
  if (!runIdPattern.test(run)) throw new InvalidCommandError('a run id must be a UUID in small letters');
  return new OtherWorkflowHandle(execution, { workflowId, runId: runId(run) }, workflowId);
}

/** A child that has started. */
export class ChildHandle extends OtherWorkflowHandle implements ChildWorkflow<unknown> {
  readonly #result: Wait;

  constructor(
    execution: CommandSink,
    childSeq: number,
    workflowId: string,
    readonly runId: RunId,
    result: Wait,
  ) {
    super(execution, { childSeq }, workflowId);
    this.#result = result;
  }

  result(): Promise<unknown> {
    return this.#result.promise;
  }
}
