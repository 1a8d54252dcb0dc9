import type { RunStatus } from '@marathon/core';
import type { StartWorkflowAnswer, WorkflowList, WorkflowSummary } from '@marathon/protocol';
import { type StartArguments, type StartOptions, startRequest } from './start-options.js';
import { newIdempotencyKey, Transport, type TransportOptions } from './transport.js';
import type { InputOf, NamedWorkflow, OutputOf, WorkflowType } from './types.js';
import { type RequestOptions, WorkflowHandle } from './workflow-handle.js';

export interface MarathonClientOptions extends TransportOptions {}

/** Which runs to list: those for which all of it holds. */
export interface ListOptions extends RequestOptions {
  readonly status?: RunStatus;
  readonly workflow?: string;
  readonly workflowId?: string;
}

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
  async start(workflow: NamedWorkflow | string, options: StartOptions = {}): Promise<StartedWorkflow> {
    const { idempotencyKey = newIdempotencyKey(), signal } = options;
    const body = startRequest(typeof workflow === 'string' ? workflow : workflow.name, options);
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

  /** The runs, newest first, read page by page as the loop goes on. */
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
}
