import type { AnySignalDefinition, RunStatus } from '@marathon/core';
import type { StartWorkflowAnswer, StartWorkflowRequest, WorkflowCount, WorkflowList, WorkflowSummary } from '@marathon/protocol';
import { type StartArguments, type StartOptions, type StartSettings, startRequest } from './start-options.js';
import { newIdempotencyKey, Transport, type TransportOptions } from './transport.js';
import { type InputOf, type NamedWorkflow, nameOf, type OutputOf, type PayloadOf, type WorkflowType } from './types.js';
import { type RequestOptions, WorkflowHandle } from './workflow-handle.js';

export interface MarathonClientOptions extends TransportOptions {}

/** Which runs to list: those for which all of it holds. */
export interface ListOptions extends RequestOptions {
  /** As `status = "Running" and amount > 100 order by startedAt desc`: `docs/concepts/search.md`. Default order: newest first. */
  readonly q?: string;
  readonly status?: RunStatus;
  readonly workflow?: string;
  readonly workflowId?: string;
}

export interface CountOptions extends RequestOptions {
  /** Which runs. Default: all. */
  readonly q?: string;
  /** `status`, `workflow`, `taskQueue` or the name of a search attribute. */
  readonly groupBy?: string;
}

/** `isExact` is false when there are more than are counted. */
export type CountedRuns = Required<Pick<WorkflowCount, 'count' | 'isExact'>>;
/** The largest first; `value` is null for runs without one. */
export type CountedGroups = Required<Pick<WorkflowCount, 'groups' | 'isExact'>>;

/** A handle of a run that is known. */
export type StartedWorkflow<Output = unknown> = WorkflowHandle<Output> & { readonly runId: string };

const listPageLimit = 200;

/**
 * Starts workflows and talks to them, from Node and from browsers. Types come from the definitions:
 *
 * ```ts
 * const client = new MarathonClient({ url: 'http://127.0.0.1:8080' });
 * const handle = await client.start(order, { input: { sku: 'tea' }, workflowId: 'order-1' });
 * await handle.signal(approve, { by: 'ada' });
 * const receipt = await handle.result();
 * ```
 *
 * What only reads, a start and a signal are repeated when a connection fails or the gateway is busy; starts and signals carry
 * idempotency keys, so that they happen once. Every call rejects with a `MarathonApiError` for what is refused, and with a
 * `MarathonConnectionError` when there is no answer.
 */
export class MarathonClient {
  readonly #transport: Transport;

  constructor(options: MarathonClientOptions) {
    this.#transport = new Transport(options);
  }

  /**
   * Starts a run. It is durable when this resolves. By name, the type says what is started where its definition is not at hand:
   * `client.start<typeof order>('order', …)`.
   * @throws WorkflowAlreadyOpenError when an open run has the workflow id
   */
  start<Type extends NamedWorkflow>(workflow: Type, ...options: StartArguments<InputOf<Type>>): Promise<StartedWorkflow<OutputOf<Type>>>;
  start<Type extends WorkflowType>(name: string, ...options: StartArguments<InputOf<Type>>): Promise<StartedWorkflow<OutputOf<Type>>>;
  start(workflow: NamedWorkflow | string, options: StartOptions = {}): Promise<StartedWorkflow> {
    return this.#start(startRequest(nameOf(workflow), options), options);
  }

  /**
   * Signals the open run of the workflow id; where there is none, starts one that has the signal when its code begins. Either is
   * durable when this resolves.
   */
  signalWithStart<Type extends NamedWorkflow, Signal extends AnySignalDefinition>(
    workflow: Type,
    signal: Signal | Signal['name'],
    payload: PayloadOf<Signal>,
    ...[options = {} as StartOptions<InputOf<Type>>]: StartArguments<InputOf<Type>>
  ): Promise<StartedWorkflow<OutputOf<Type>>> {
    const request = startRequest(nameOf(workflow), options);
    return this.#start({ ...request, signal: { name: nameOf(signal), payload } }, options) as Promise<StartedWorkflow<OutputOf<Type>>>;
  }

  async #start(body: StartWorkflowRequest, { idempotencyKey = newIdempotencyKey(), signal }: StartSettings): Promise<StartedWorkflow> {
    const { body: started } = await this.#transport.send<StartWorkflowAnswer>({
      method: 'POST',
      path: ['workflows'],
      body,
      idempotencyKey,
      signal,
    });
    return new WorkflowHandle(this.#transport, started.workflowId, started.runId) as StartedWorkflow;
  }

  /** A workflow that is there already: one run of it, or the latest. Asks nobody. */
  workflow<Type extends NamedWorkflow>(workflow: Type, workflowId: string, runId?: string): WorkflowHandle<OutputOf<Type>>;
  workflow<Type extends WorkflowType>(name: string, workflowId: string, runId?: string): WorkflowHandle<OutputOf<Type>>;
  workflow(_workflow: NamedWorkflow | string, workflowId: string, runId?: string): WorkflowHandle {
    return new WorkflowHandle(this.#transport, workflowId, runId);
  }

  /** The runs, read page by page as the loop goes on. @throws MarathonApiError when `q` is malformed: `errors` says where */
  async *list({ signal, ...query }: ListOptions = {}): AsyncGenerator<WorkflowSummary, void> {
    let cursor: string | undefined;
    do {
      const { body } = await this.#transport.send<WorkflowList>({
        method: 'GET',
        path: ['workflows'],
        query: { ...query, cursor, limit: listPageLimit },
        signal,
      });
      yield* body.workflows;
      cursor = body.next;
    } while (cursor !== undefined);
  }
  /** How many runs there are. @throws MarathonApiError when `q` is malformed */
  count(options: CountOptions & { readonly groupBy: string }): Promise<CountedGroups>;
  count(options?: CountOptions & { readonly groupBy?: never }): Promise<CountedRuns>;
  async count({ signal, ...query }: CountOptions = {}): Promise<WorkflowCount> {
    return (await this.#transport.send<WorkflowCount>({ method: 'GET', path: ['workflows', 'count'], query, signal })).body;
  }
}
