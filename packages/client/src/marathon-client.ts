import {
  type AnySignalDefinition,
  type CaughtFailure,
  decodePayload,
  type Failure,
  failureOf,
  type RunStatus,
  recordedError,
} from '@marathon/core';
import type {
  ActivityFailure,
  Approval,
  ApprovalList,
  StartWorkflowAnswer,
  StartWorkflowRequest,
  WorkflowCount,
  WorkflowList,
  WorkflowSummary,
} from '@marathon/protocol';
import { type StartArguments, type StartOptions, type StartSettings, startRequest } from './start-options.js';
import { type Call, newIdempotencyKey, Transport, type TransportOptions } from './transport.js';
import { type InputOf, type NamedWorkflow, nameOf, type OutputOf, type PayloadOf, type WorkflowType } from './types.js';
import { type RequestOptions, WorkflowHandle } from './workflow-handle.js';

/** What a client needs to know: where a gateway is. */
export interface MarathonClientOptions extends TransportOptions {}

/** Which runs to list: those for which all of it holds. */
export interface ListOptions extends RequestOptions {
  /** As `status = "Running" and amount > 100 order by startedAt desc`: `docs/concepts/search.md`. Default order: newest first. */
  readonly q?: string;
  readonly status?: RunStatus;
  readonly workflow?: string;
  readonly workflowId?: string;
}

/** Which approvals to list. */
export interface ApprovalsOptions extends RequestOptions {
  /** Only those that are this one's to answer. */
  readonly assignee?: string;
}

/** What an answer to an approval says besides. */
export interface AnswerOptions extends RequestOptions {
  /** Recorded with the answer. */
  readonly answeredBy?: string;
}

/** Which runs to count, and by what. */
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
 * What only reads, a start, a signal, an answer to an approval and the outcome of an activity are repeated when a connection fails or the
 * gateway is busy; starts and signals carry idempotency keys, so that they happen once. Every call rejects with a `MarathonApiError` for
 * what is refused, and with a `MarathonConnectionError` when there is no answer.
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
  start<Type extends WorkflowType>(
    workflow: (Type & NamedWorkflow) | string,
    ...[options = {} as StartOptions<InputOf<Type>>]: StartArguments<InputOf<Type>>
  ): Promise<StartedWorkflow<OutputOf<Type>>> {
    return this.#start(startRequest(nameOf(workflow), options), options) as Promise<StartedWorkflow<OutputOf<Type>>>;
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
  workflow<Type extends WorkflowType>(
    _workflow: (Type & NamedWorkflow) | string,
    workflowId: string,
    runId?: string,
  ): WorkflowHandle<OutputOf<Type>> {
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

  /** What people are asked and nobody has answered, read page by page as the loop goes on. */
  async *approvals({ signal, assignee }: ApprovalsOptions = {}): AsyncGenerator<Approval, void> {
    let cursor: string | undefined;
    do {
      const query = { assignee, cursor, limit: listPageLimit };
      const { body } = await this.#transport.send<ApprovalList>({ method: 'GET', path: ['approvals'], query, signal });
      yield* body.approvals;
      cursor = body.next;
    } while (cursor !== undefined);
  }

  /** One of them, open or not, with its schema and what was answered. */
  async approval(id: string, { signal }: RequestOptions = {}): Promise<Approval> {
    return (await this.#transport.send<Approval>({ method: 'GET', path: ['approvals', id], signal })).body;
  }

  /**
   * Answers one of them. The answer is durable when this resolves, and taken once, however often it had to be sent.
   * @throws MarathonApiError when it does not fit the schema, or another answer came before
   */
  async answerApproval<Answer = unknown>(id: string, answer?: Answer, { answeredBy, signal }: AnswerOptions = {}): Promise<void> {
    await this.#tell(['approvals', id, 'answer'], { answer, answeredBy }, signal);
  }

  /**
   * Brings the result of an activity that handed out its token. Durable when this resolves, and taken once.
   * @throws MarathonApiError when the attempt is over: `code` is `MARATHON_ATTEMPT_OVER`
   */
  async completeActivity(token: string, result?: unknown, { signal }: RequestOptions = {}): Promise<void> {
    await this.#tell(['tokens', token, 'complete'], result, signal);
  }

  /** As `completeActivity`, for an attempt that failed: its retry policy says what follows. */
  async failActivity(token: string, failure: Error | CaughtFailure, { signal }: RequestOptions = {}): Promise<void> {
    await this.#tell(['tokens', token, 'fail'], sent(failureOf(failure instanceof Error ? failure : recordedError(failure))), signal);
  }

  /** Says that whoever has the token is at it still, and how far; what it says last is there for the next attempt. */
  async heartbeatActivity(token: string, details?: unknown, { signal }: RequestOptions = {}): Promise<void> {
    await this.#tell(['tokens', token, 'heartbeat'], details, signal);
  }

  async #tell(path: readonly string[], body: unknown, signal: Call['signal']): Promise<void> {
    await this.#transport.send({ method: 'POST', path, body, isRepeatable: true, signal });
  }

  /** How many runs there are. @throws MarathonApiError when `q` is malformed */
  count(options: CountOptions & { readonly groupBy: string }): Promise<CountedGroups>;
  count(options?: CountOptions & { readonly groupBy?: never }): Promise<CountedRuns>;
  async count({ signal, ...query }: CountOptions = {}): Promise<WorkflowCount> {
    return (await this.#transport.send<WorkflowCount>({ method: 'GET', path: ['workflows', 'count'], query, signal })).body;
  }
}

/** As it is sent: whoever gets it counts the attempts. */
function sent(failure: Failure): ActivityFailure {
  const { type, message, nonRetryable, details, cause } = failure;
  return {
    type,
    message,
    ...(nonRetryable && { nonRetryable }),
    ...(details !== undefined && { details: decodePayload(details) }),
    ...(cause && { cause: sent(cause) }),
  };
}
