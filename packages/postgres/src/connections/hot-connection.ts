import { setTimeout as delay } from 'node:timers/promises';
import { type Log, StoreUnavailableError } from '@marathon/core';
import pg from 'pg';
import type { Executor, Statement } from './executor.js';
import { isConnectionLoss, isTransient, reasonOf, toConnectError, toStoreError } from './store-errors.js';

// One connection of one user (a lane of an owner, a lane of a gateway), with prepared statements.
//   H1  It connects by itself, at once and again after every loss, with growing pauses, until it is closed.
//   H2  A call waits while an attempt to connect is under way, and is rejected (retryable) in the pauses between attempts:
//       nothing is queued for longer than one attempt.
//   H3  A call whose connection is lost is rejected: a write with CommitOutcomeUnknownError, for nobody knows; it is never sent again from here.
//   H4  One call after the other: its users are lanes, which wait for each.
//   H5  Deadlocks and serialization failures did nothing and are sent again.

export interface HotConnectionOptions {
  readonly connectionString: string;
  /** Shown in `pg_stat_activity`, and in log lines. */
  readonly name: string;
  readonly log: Log;
}

// Planning anew for each commit costs 0.3 ms; a plan made while the tables were empty is wrong when they have grown. So plans are kept,
// made again when the tables may have doubled (after 1, 2, 4, 8 … calls) and every few seconds, and made for what is in memory: each row
// that is looked at costs, and so they go by indexes. (With the default costs, 500 runs met 500 rows each by each: 100 ms, not 15.)
const planning = [
  'set plan_cache_mode = force_generic_plan',
  'set enable_seqscan = off',
  'set cpu_tuple_cost = 1',
  'set cpu_index_tuple_cost = 1',
  'set jit = off',
].join(';');
const planAgainAfterMs = 10_000;
const connectTimeoutMs = 5_000;
const endTimeoutMs = 5_000;
const pauseMsMin = 100;
const pauseMsMax = 5_000;
const transientAttempts = 10;

/** A connection, and the moment of its loss. Who finds a session lost loses this one, and never the next. */
interface Session {
  readonly client: pg.Client;
  readonly loss: PromiseWithResolvers<unknown>;
}

export class HotConnection implements Executor {
  private readonly closing = new AbortController();
  /** The session, while there is one; an attempt, while one is under way; its failure, in the pause behind it. */
  private current: Promise<Session>;
  private readonly keeping: Promise<void>;
  private lastCall: Promise<unknown> = Promise.resolve();
  private calls = 0;
  private plannedAtMs = 0;

  constructor(private readonly options: HotConnectionOptions) {
    this.current = this.connect();
    this.keeping = this.keepConnected();
  }

  /** @throws StoreUnavailableError, CommitOutcomeUnknownError (retryable), StatementFailedError */
  query<Row>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    if (this.closing.signal.aborted) return Promise.reject(new StoreUnavailableError(`the connection ${this.options.name} is closed`));
    const call = this.lastCall.then(() => this.run<Row>(statement, values));
    this.lastCall = call.catch(() => undefined);
    return call;
  }

  /** Waits for the calls that were made before. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.lastCall;
    const session = await this.current.catch(() => undefined);
    session?.loss.resolve(undefined);
    await this.keeping;
  }

  private async run<Row>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    const { client, loss } = await this.session();
    await this.planAgainWhenDue(client).catch((cause: unknown) => {
      loss.resolve(cause);
      throw new StoreUnavailableError(`the connection was lost before ${statement.name}`, { cause });
    });
    for (let attempt = 1; ; attempt++) {
      try {
        const { rows } = await client.query({ name: statement.name, text: statement.text, values: values as unknown[] });
        return rows as Row[];
      } catch (error) {
        if (isTransient(error) && attempt < transientAttempts) continue;
        if (isConnectionLoss(error)) loss.resolve(error);
        throw toStoreError(statement, error);
      }
    }
  }

  private async planAgainWhenDue(client: pg.Client): Promise<void> {
    this.calls += 1;
    const now = performance.now();
    const mayHaveDoubled = Number.isInteger(Math.log2(this.calls));
    if (!mayHaveDoubled && now - this.plannedAtMs < planAgainAfterMs) return;
    this.plannedAtMs = now;
    await client.query('discard plans');
  }

  private async session(): Promise<Session> {
    try {
      return await this.current;
    } catch (error) {
      throw toConnectError(error);
    }
  }

  private async keepConnected(): Promise<void> {
    const { name, log } = this.options;
    for (let pauseMs = pauseMsMin; ; ) {
      try {
        const { client, loss } = await this.current;
        pauseMs = pauseMsMin;
        const error = await loss.promise;
        const ended = Promise.race([client.end(), delay(endTimeoutMs, undefined, { ref: false })]);
        if (this.closing.signal.aborted) await ended;
        else log.warn('the connection to PostgreSQL was lost', { name, reason: reasonOf(error) });
      } catch (error) {
        log.error('PostgreSQL cannot be reached', { name, retryInMs: pauseMs, reason: reasonOf(error) });
        await delay(pauseMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, pauseMsMax);
      }
      if (this.closing.signal.aborted) return;
      this.current = this.connect();
    }
  }

  private async connect(): Promise<Session> {
    const { connectionString, name } = this.options;
    const client = new pg.Client({ connectionString, application_name: name, connectionTimeoutMillis: connectTimeoutMs, keepAlive: true });
    const loss = Promise.withResolvers<unknown>();
    client.on('error', loss.resolve).on('end', () => loss.resolve(undefined));
    await client.connect();
    await client.query(planning);
    return { client, loss };
  }
}
