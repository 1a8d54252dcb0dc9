/** As it stands in a history. */
export interface LimitOptions {
  readonly concurrency?: ConcurrencyLimit;
  readonly rateLimit?: RateLimit;
  readonly priority?: number;
  readonly fairnessKey?: string;
}

/** At most `limit`, from 1 to 10,000, at work at a time of all that name the key. */
export interface ConcurrencyLimit {
  readonly key: string;
  readonly limit: number;
}

export interface RateLimit {
  /** Default: the name of the activity or workflow. */
  readonly key?: string;
  readonly limit: number;
  readonly perMs: number;
}

/** Places under one key are counted each time that somebody is let in. */
export const limitMax = 10_000;
/** See `LaneServices.queueWindow`. */
export const queueWindowDefault = 100;
export const priorityDefault = 3;
export const priorityMax = 5;

export const isLimited = ({
  concurrency,
  rateLimit,
  priority,
  fairnessKey,
}: { readonly [Option in keyof LimitOptions]?: unknown }): boolean =>
  concurrency !== undefined || rateLimit !== undefined || priority !== undefined || fairnessKey !== undefined;

/** Those of what else stands beside them. */
export const limitsIn = ({ concurrency, rateLimit, priority, fairnessKey }: LimitOptions): LimitOptions => ({
  ...(concurrency && { concurrency }),
  ...(rateLimit && { rateLimit }),
  ...(priority !== undefined && { priority }),
  ...(fairnessKey !== undefined && { fairnessKey }),
});
