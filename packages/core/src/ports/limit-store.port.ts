import type { RunId, ShardId } from '../ids.js';
import type { LimitName } from '../limits/stated-limit.js';
import type { RunRequest } from '../messages/message.js';

/**
 * Lets in who waits for limits. What an implementation promises:
 *
 *  M1  A call is atomic across all processes, and durable when it resolves: places are taken, tokens spent, and each run that is
 *      concerned is told by a request in line with its others.
 *  M2  There are never more places held under a limit than the last one stated who waited for it.
 *  M3  Time is the store's own: processes need not agree on it.
 */
export interface LimitStore {
  /** Lets in whom there is room for under these limits, and under the further ones that they wait for. */
  admit(names: readonly LimitName[]): Promise<Admission>;
  /** Those that are open (see `isOpen`) of the `limit` next ones that somebody waits for, from after `after` on, in the order of names. */
  readOpen(after: LimitName | undefined, limit: number): Promise<OpenLimits>;
  /** Deletes what is known of limits that nobody waits for or holds, and whose tokens are all back; at most `limit`. */
  forgetIdle(limit: number): Promise<void>;
}

export interface OpenLimits {
  readonly names: readonly LimitName[];
  /** After which to go on, when there may be more. */
  readonly next: LimitName | undefined;
}

export interface Admission {
  /** Requests that were accepted by it, for who owns the runs. */
  readonly requests: readonly { readonly runId: RunId; readonly shard: ShardId; readonly request: RunRequest }[];
  /** When to ask again, though nothing else happens: in how many milliseconds the next token is there. */
  readonly againInMs: ReadonlyMap<LimitName, number>;
}

/** What is shown of limits. */
export interface LimitReader {
  /** Limits that somebody waits for, holds a place under, or has spent tokens of: in the order of names, from behind `after`. */
  listLimits(query: LimitQuery): Promise<readonly LimitRow[]>;
  /** What the run and its activities wait for, at most `awaitedLimitsMax`. */
  readAwaitedLimits(runId: RunId): Promise<readonly AwaitedLimit[]>;
}

export const awaitedLimitsMax = 200;

/** A limit as it is shown. */
export interface LimitRow {
  readonly name: LimitName;
  readonly limit: number;
  /** Of a rate. */
  readonly perMs: number | undefined;
  readonly inFlight: number;
  /** Counted up to `countedMax`. */
  readonly waiting: number;
  readonly oldestWaitingSinceMs: number | undefined;
  /** Of a rate, when somebody waits and no token is there. */
  readonly nextTokenAtMs: number | undefined;
}

/** How many of those that wait are counted. */
export const countedMax = 10_000;

export interface LimitQuery {
  readonly namespace: string;
  readonly after?: LimitName;
  readonly limit: number;
}

/** What a run, or an activity of it, waits for. */
export interface AwaitedLimit extends LimitRow {
  /** The activity's seq, or 0 for the run itself. */
  readonly place: number;
  readonly attempt: number;
  readonly sinceMs: number;
  /** Who is let in before it, counted up to `countedMax`. */
  readonly ahead: number;
}
