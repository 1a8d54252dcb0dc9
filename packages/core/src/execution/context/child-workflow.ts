import type { Duration } from '../../duration.js';
import type { RunId } from '../../ids.js';
import type { ParentClosePolicy } from '../../run/child-options.js';
import type { SearchAttributes } from '../../search/search-attributes.js';
import type { SignalDefinition } from '../definition/interactions.js';
import type { LimitCallOptions } from './limit-call.js';

/** A handle of another workflow, as workflow code gets it. */
export interface OtherWorkflow {
  readonly workflowId: string;
  /**
   * Sends a signal; resolves when it is accepted, that is when it cannot be lost any more.
   * @throws PayloadInvalidError when the payload does not fit its schema, ExternalWorkflowNotFoundError when no run has the id,
   * ExternalWorkflowClosedError when it is closed.
   */
  signal<Payload>(signal: SignalDefinition<Payload>, ...payload: [Payload] extends [void] ? [] : [payload: Payload]): Promise<void>;
  /** The same by the name of the signal, untyped. */
  signal(name: string, payload?: unknown): Promise<void>;
  /** Asks it to cancel; resolves when that is accepted. Throws as `signal` does. */
  cancel(reason?: string): Promise<void>;
}

/** A child that has started. */
export interface ChildWorkflow<Output> extends OtherWorkflow {
  /** Its first run: one that continues as new goes on under another id. */
  readonly runId: RunId;
  /**
   * Its result, or that of the last run that continues it.
   * @throws ChildWorkflowFailedError when it failed, timed out, or was canceled or terminated; WorkflowCanceledError when this run was canceled meanwhile.
   */
  result(): Promise<Output>;
}

/** Its limits go before those of its definition. */
export interface ChildWorkflowOptions extends LimitCallOptions {
  /** Default: made of this run's id. It must not be the id of a run that is open. */
  readonly workflowId?: string;
  /** Default: this run's queue when the workflow is registered there, or else the only one where it is. */
  readonly taskQueue?: string;
  /** What becomes of it when this run closes, however that happens; continuing as new is closing, too. Default `terminate`. */
  readonly parentClosePolicy?: ParentClosePolicy;
  /**
   * What becomes of it when this run is asked to cancel while it waits for the child: `request` asks the child to cancel and throws
   * at once, `wait` asks the child and waits for its end, `abandon` throws and leaves the child alone. Default `request`.
   */
  readonly cancellation?: ChildCancellation;
  /** From its start; those that continue it have it each. Default: none. */
  readonly runTimeout?: Duration | number;
  readonly memo?: Readonly<Record<string, unknown>>;
  readonly searchAttributes?: SearchAttributes;
}

export type ChildCancellation = 'request' | 'wait' | 'abandon';

/** What the start of a child says: `input` is required where the workflow needs one. */
export type ChildOptions<Input = unknown> = ChildWorkflowOptions &
  (undefined extends Input ? { readonly input?: Input } : { readonly input: Input });

/** Options may be left out for a workflow that needs no input. */
export type ChildArguments<Input> = undefined extends Input ? [options?: ChildOptions<Input>] : [options: ChildOptions<Input>];

/** A workflow, for the types of its input and output. */
export interface TypedWorkflow<Input, Output> {
  readonly name: string;
  readonly run: (context: never, input: Input) => Promise<Output>;
}

/** What workflow code may do with other workflows. */
export interface OtherWorkflowsContext {
  /**
   * Starts a workflow as a child of this run; resolves when it has started. Input, result and errors are typed by the definition.
   * A workflow that no orchestrator has registered yet is waited for.
   *
   * ```ts
   * const shipment = await ctx.startChild(ship, { input: { orderId } });
   * const { trackingCode } = await shipment.result();
   * ```
   * @throws PayloadInvalidError when the input does not fit its schema, ChildWorkflowIdInUseError when an open run has the workflow id,
   * InvalidCommandError for options that make no sense.
   */
  startChild<Input, Output>(workflow: TypedWorkflow<Input, Output>, ...rest: ChildArguments<Input>): Promise<ChildWorkflow<Output>>;
  /** The same by the name of the workflow, untyped. */
  startChild<Output = unknown>(workflow: string, options?: ChildOptions): Promise<ChildWorkflow<Output>>;

  /** Starts a child and waits for its result. Throws as `startChild` and `ChildWorkflow.result` do. */
  child<Input, Output>(workflow: TypedWorkflow<Input, Output>, ...rest: ChildArguments<Input>): Promise<Output>;
  /** The same by the name of the workflow, untyped. */
  child<Output = unknown>(workflow: string, options?: ChildOptions): Promise<Output>;

  /**
   * A handle of whatever run has this workflow id when something is sent to it, or of the run that is named. It asks for nothing by
   * itself.
   * @throws InvalidCommandError for ids that no run can have.
   */
  handle(workflowId: string, run?: { readonly runId?: string }): OtherWorkflow;
}
