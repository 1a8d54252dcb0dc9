import type { EventData, HistoryEvent, TypedEvent } from '../../history/event.js';
import { decodePayload, encodePayload } from '../../payload.js';
import { caughtFailure } from '../caught-failure.js';
import type { Command, StartChildCommand } from '../command.js';
import { mustFit } from '../definition/payload-check.js';
import type { Schema } from '../definition/schema.js';
import {
  ChildWorkflowFailedError,
  ChildWorkflowIdInUseError,
  ExternalWorkflowClosedError,
  ExternalWorkflowNotFoundError,
} from '../errors.js';
import { Wait } from '../wait.js';
import { childOptions } from './child-options.js';
import type { ChildOptions, ChildWorkflow } from './child-workflow.js';
import type { CommandSink } from './command-sink.js';
import { mustBeSendable } from './names.js';
import { ChildHandle } from './other-workflow.js';

const never = new Promise<never>(() => {});

/** Resolves with the child's handle when its start is in the history. */
export function startChild(
  execution: CommandSink,
  workflow: { readonly name: string; readonly input?: Schema } | string,
  options: ChildOptions,
): Promise<ChildWorkflow<unknown>> {
  const name = typeof workflow === 'string' ? workflow : workflow.name;
  mustBeSendable('the name of a workflow', name);
  const { input, cancellation = 'request', ...rest } = options;
  const encoded = encodePayload(input, `the input of child workflow "${name}"`);
  if (typeof workflow !== 'string') mustFit(workflow.input, encoded, `the input of child workflow "${name}"`);
  const command: StartChildCommand = {
    kind: 'StartChild',
    workflow: name,
    options: childOptions({ ...rest, cancellation }),
    cancellation,
    wait: new Wait('child', name),
    result: new Wait('child', name),
    ...(encoded !== undefined && { input: encoded }),
  };
  const counts = execution.issue(command, `ctx.startChild("${name}")`);
  return (counts ? command.wait.promise : never) as Promise<ChildWorkflow<unknown>>;
}

interface ChildCall {
  readonly command: StartChildCommand;
  /** Set when it was asked to cancel for its parent's sake, and its end is waited for. */
  canceledBy?: Error;
}

/** Children that were asked for and have not closed, and requests to others, as the code waits for them. */
export class ChildCalls {
  private readonly bySeq = new Map<number, ChildCall>();

  /** @param waits all that the code waits for, by seq: a child's start first, then its end */
  constructor(private readonly waits: Map<number, Wait>) {}

  add(command: StartChildCommand): void {
    this.bySeq.set(command.wait.seq, { command });
  }

  deliver(event: HistoryEvent, execution: CommandSink): void {
    switch (event.type) {
      case 'ChildWorkflowStarted':
        return this.started(event.data, execution);
      case 'ChildWorkflowStartFailed': {
        const { childSeq, workflowId } = event.data;
        this.bySeq.delete(childSeq);
        const wait = this.take(childSeq);
        return wait?.reject(new ChildWorkflowIdInUseError(wait.label, workflowId));
      }
      case 'ChildWorkflowClosed':
        return this.closed(event, execution);
      case 'ExternalRequestAccepted':
        return this.take(event.data.requestSeq)?.resolve(undefined);
      case 'ExternalRequestFailed': {
        const wait = this.take(event.data.requestSeq);
        const Refusal = event.data.reason === 'closed' ? ExternalWorkflowClosedError : ExternalWorkflowNotFoundError;
        return wait?.reject(new Refusal(wait.label));
      }
    }
  }

  /** True when the code waits for the child's end though it is canceled itself. */
  isWaitedFor(wait: Wait): boolean {
    return wait.kind === 'child' && this.bySeq.get(wait.seq)?.command.cancellation === 'wait';
  }

  /** What a cancellation of the code that waits asks of the child; nothing when it was asked before. */
  cancellationOf(wait: Wait, error: Error): readonly Command[] {
    const child = wait.kind === 'child' ? this.bySeq.get(wait.seq) : undefined;
    if (!child || child.canceledBy || child.command.cancellation === 'abandon') return [];
    child.canceledBy = error;
    const reason = 'reason' in error && typeof error.reason === 'string' ? { reason: error.reason } : {};
    return [{ kind: 'CancelExternal', target: { childSeq: wait.seq }, ...reason, wait: new Wait('request', `cancel ${wait.label}`) }];
  }

  private started({ childSeq, workflowId, runId }: EventData['ChildWorkflowStarted'], execution: CommandSink): void {
    const child = this.bySeq.get(childSeq);
    const wait = this.take(childSeq);
    // Who has given up the child before it had started has no use for its end.
    if (!child || !wait) return;
    const { result } = child.command;
    result.seq = childSeq;
    result.scope = wait.scope;
    this.waits.set(childSeq, result);
    wait.resolve(new ChildHandle(execution, childSeq, workflowId, runId, result));
  }

  private closed({ data, payload }: TypedEvent<'ChildWorkflowClosed'>, execution: CommandSink): void {
    const { childSeq, status, workflowId, runId, failure, reason } = data;
    const child = this.bySeq.get(childSeq);
    // Its end may be the first that is heard of it.
    if (child?.command.wait.isPending) this.started(data, execution);
    this.bySeq.delete(childSeq);
    const wait = this.take(childSeq);
    if (!child || !wait) return;
    if (status === 'Completed') return wait.resolve(decodePayload(payload));
    if (status === 'Canceled' && child.canceledBy) return wait.reject(child.canceledBy);
    wait.reject(new ChildWorkflowFailedError(child.command.workflow, workflowId, runId, status, failure && caughtFailure(failure), reason));
  }

  private take(seq: number): Wait | undefined {
    const wait = this.waits.get(seq);
    this.waits.delete(seq);
    return wait;
  }
}
