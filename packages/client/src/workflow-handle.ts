import {
  type AnyQueryDefinition,
  type AnySignalDefinition,
  type AnyUpdateDefinition,
  type CaughtFailure,
  type Duration,
  durationMs,
} from '@marathon/core';
import type {
  HistoryEntry,
  HistoryPage,
  RequestAccepted,
  RunAnswer,
  UpdateAnswer,
  WhyAnswer,
  WorkflowDescription,
  WorkflowOutcome,
} from '@marathon/protocol';
import { Deadline } from './deadline.js';
import { ResultTimeoutError, WorkflowFailedError } from './errors.js';
import { followEvents } from './follow-events.js';
import { type Call, newIdempotencyKey, type Transport } from './transport.js';
import {
  type Argument,
  nameOf,
  type PayloadOf,
  type QueryInputOf,
  type QueryOutputOf,
  type UpdateInputOf,
  type UpdateOutputOf,
} from './types.js';

/** What every call takes. */
export interface RequestOptions {
  /** Gives up when it aborts, with its reason. What the gateway had accepted by then stays accepted. */
  readonly signal?: AbortSignal;
}

/** For what is sent to a run and must happen once. */
export interface SignalOptions extends RequestOptions {
  /** Makes a repetition the same signal, also across processes. 1–255 visible ASCII characters. Default: a fresh one for each call. */
  readonly idempotencyKey?: string;
}

/** How long to wait for a result. */
export interface ResultOptions extends RequestOptions {
  /** How long to wait, as a duration or in milliseconds, 24 days at most. Default: until the run ends. */
  readonly timeout?: Duration | number;
}

/** From where on to read events. */
export interface EventsOptions extends RequestOptions {
  /** Only events with a higher seq. Default 0. */
  readonly after?: number;
}

/** Proxies give up after 30 s and more. */
const longPollMs = 25_000;
/** How long a gateway waits for the answer of a run. */
const queryWaitMs = 10_000;
const historyPageLimit = 1_000;

/** One workflow, as clients see it: its run, or the latest one of its workflow id where no run id is known. */
export class WorkflowHandle<Output = unknown> {
  constructor(
    private readonly transport: Transport,
    readonly workflowId: string,
    readonly runId?: string,
  ) {}

  /**
   * Sends a signal. It is durable when this resolves, and taken once, however often it had to be sent.
   * @throws MarathonApiError when it is refused: the run is closed, or the payload does not fit
   */
  async signal<Signal extends AnySignalDefinition>(
    signal: Signal | Signal['name'],
    ...[payload, options = {}]: Argument<PayloadOf<Signal>, SignalOptions>
  ): Promise<void> {
    const { idempotencyKey = newIdempotencyKey() } = options;
    await this.#post(['signals', nameOf(signal)], payload, options, idempotencyKey);
  }

  /**
   * Sends an update, and gives what its handler answers, however long that takes. It is taken up once, however often it had to be sent.
   * @throws MarathonApiError when the run knows no such update, the validator refused it or the handler failed: `problem.names`,
   * `problem.failure`
   */
  async update<Update extends AnyUpdateDefinition>(
    update: Update | Update['name'],
    ...[input, options = {}]: Argument<UpdateInputOf<Update>, SignalOptions>
  ): Promise<UpdateOutputOf<Update>> {
    const { idempotencyKey = newIdempotencyKey(), signal } = options;
    const waiting = { waitMs: longPollMs, signal };
    const query = { runId: this.runId, wait: `${longPollMs}ms` };
    const path = this.#path(['updates', nameOf(update)]);
    let answer = await this.transport.send<UpdateAnswer>({ ...waiting, method: 'POST', path, query, body: input, idempotencyKey });
    while (answer.status !== 200) {
      const { runId, updateId } = answer.body;
      answer = await this.transport.send({
        ...waiting,
        method: 'GET',
        path: this.#path(['updates', updateId]),
        query: { ...query, runId },
      });
    }
    return answer.body.result as UpdateOutputOf<Update>;
  }

  /**
   * What the run's code answers, also when it has closed. Changes nothing, and is repeated like other reading.
   * @throws MarathonApiError when the run knows no such query, or its handler failed: `problem.names`, `problem.failure`
   */
  async query<Query extends AnyQueryDefinition>(
    query: Query | Query['name'],
    ...[input, { signal } = {}]: Argument<QueryInputOf<Query>, RequestOptions>
  ): Promise<QueryOutputOf<Query>> {
    const path = this.#path(['queries', nameOf(query)]);
    const reading = { method: 'POST', isRepeatable: true, waitMs: queryWaitMs } as const;
    const { body } = await this.transport.send<RunAnswer>({ ...reading, path, query: { runId: this.runId }, body: input, signal });
    return body.result as QueryOutputOf<Query>;
  }

  /**
   * What the workflow returned, once it has. Follows runs that continue as new to the last one.
   * @throws WorkflowFailedError when it ended otherwise, ResultTimeoutError
   */
  async result({ timeout, signal }: ResultOptions = {}): Promise<Output> {
    if (timeout === undefined) return (await this.#outcome(signal)) as Output;
    const ms = typeof timeout === 'number' ? timeout : durationMs(timeout);
    const deadline = new Deadline(ms, new ResultTimeoutError(`workflow "${this.workflowId}" has not ended within ${ms} ms`), signal);
    try {
      return (await this.#outcome(deadline.signal)) as Output;
    } finally {
      deadline.end();
    }
  }

  /** Asks the code to cancel: it may clean up first. Not repeated when the connection breaks off. */
  async cancel(reason?: string, options: RequestOptions = {}): Promise<void> {
    await this.#post(['cancel'], reason === undefined ? undefined : { reason }, options);
  }

  /** Ends the run at once, without a word to its code. Not repeated when the connection breaks off. */
  async terminate(reason?: string, options: RequestOptions = {}): Promise<void> {
    await this.#post(['terminate'], reason === undefined ? undefined : { reason }, options);
  }

  /** Lets a suspended run go on, with the code that is deployed now. */
  async resume(options: RequestOptions = {}): Promise<void> {
    await this.#post(['resume'], undefined, options);
  }

  /** Status, times, memo, search attributes, and what the run has under way. @throws WorkflowNotFoundError */
  describe(options: RequestOptions = {}): Promise<WorkflowDescription> {
    return this.#get([], { runId: this.runId }, options);
  }

  /** What the run waits for, since when, and what would move it. */
  why(options: RequestOptions = {}): Promise<WhyAnswer> {
    return this.#get(['why'], { runId: this.runId }, options);
  }

  /** The recorded events, read page by page, up to the last one that there is. */
  async *history({ after = 0, signal }: EventsOptions = {}): AsyncGenerator<HistoryEntry, void> {
    const runId = await this.#oneRun({ signal });
    for (let next: number | undefined = after; next !== undefined; ) {
      const page: HistoryPage = await this.#get(['history'], { runId, after: next, limit: historyPageLimit }, { signal });
      yield* page.events;
      next = page.next;
    }
  }

  /**
   * The recorded events and then those to come, up to the one that closes the run, each once, whatever happens to connections.
   * Leaving the loop closes the connection.
   * @throws MarathonApiError when the gateway refuses, MarathonConnectionError when it cannot be reached for long
   */
  async *events({ after = 0, signal }: EventsOptions = {}): AsyncGenerator<HistoryEntry, void> {
    const runId = await this.#oneRun({ signal });
    yield* followEvents(this.transport, { path: this.#path(['events']), query: { runId }, signal }, after);
  }

  async #outcome(signal: AbortSignal | undefined): Promise<unknown> {
    for (let runId = this.runId; ; ) {
      const query = { runId, wait: `${longPollMs}ms` };
      const call: Call = { method: 'GET', path: this.#path(['result']), query, waitMs: longPollMs, signal };
      const { status, body } = await this.transport.send<WorkflowOutcome>(call);
      if (status === 200) return resultOf(body);
      runId = body.runId;
    }
  }

  /** A workflow id may get another run between two requests. */
  async #oneRun(options: Pick<Call, 'signal'>): Promise<string> {
    return this.runId ?? (await this.#get<WorkflowDescription>([], {}, options)).runId;
  }

  async #get<Body>(path: readonly string[], query: NonNullable<Call['query']>, { signal }: Pick<Call, 'signal'>): Promise<Body> {
    return (await this.transport.send<Body>({ method: 'GET', path: this.#path(path), query, signal })).body;
  }

  async #post(path: readonly string[], body: unknown, { signal }: RequestOptions, idempotencyKey?: string): Promise<void> {
    const call: Call = { method: 'POST', path: this.#path(path), query: { runId: this.runId }, body, signal };
    await this.transport.send<RequestAccepted>(idempotencyKey === undefined ? call : { ...call, idempotencyKey });
  }

  #path(rest: readonly string[]): readonly string[] {
    return ['workflows', this.workflowId, ...rest];
  }
}

function resultOf({ workflowId, runId, status, result, failure }: WorkflowOutcome): unknown {
  if (status === 'Completed') return result;
  throw new WorkflowFailedError(workflowId, runId, status as WorkflowFailedError['status'], failure as CaughtFailure | undefined);
}
