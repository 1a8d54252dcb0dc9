import type { CaughtFailure } from '../caught-failure.js';
import type { ActivityDefinition } from '../definition/activity-definition.js';
import type { ActivityCallOptions } from './activity-call.js';
import type { LimitCallOptions } from './limit-call.js';

/** What workflow code may do with many items at once. */
export interface MapContext {
  /**
   * Runs one activity for each item and resolves with the results, in the order of the items; an activity without a result gives
   * null. However many items there are, this is one command: the history gets an event when it begins and one when it is over, and at
   * most `concurrency` items are under way at a time. What is done is never done again, whatever dies meanwhile.
   *
   * ```ts
   * const { resize } = ctx.activities<ImageActivities>({ startToCloseTimeout: '1m' });
   * const thumbnails = await ctx.map(images, resize, { concurrency: 50 });
   * ```
   *
   * The activity is a definition, one of `ctx.activities`, with the options that those have, or a name. With a definition that has
   * schemas, each item is held against the one before anything is recorded, and each result against the other where it is recorded: one
   * that does not fit is a failure of its item, which nothing retries. Each item is retried as a single call of the activity is. The first
   * that fails for good fails the map, and those under way are canceled; with `settle: true` a failure is the outcome of its item, and the
   * map goes on. Business failures are results, as everywhere.
   *
   * At most 1,000,000 items, with 16 Mi characters of JSON altogether (32 Mi in all maps of the run that are open) and 1,000 at a time;
   * results may have 32 Mi characters.
   * @throws PayloadInvalidError naming the item and the path when one does not fit, MapItemFailedError when an item failed for good,
   * MapTooLargeError when there are too many items or results, WorkflowCanceledError when the run was canceled meanwhile.
   */
  map<Item, Output>(
    items: readonly NoInfer<Item>[],
    activity: MappedActivity<Item, Output>,
    options: SettledMapOptions,
  ): Promise<MapOutcome<Output>[]>;
  /** The same with results: an item that fails for good fails the map. */
  map<Item, Output>(items: readonly NoInfer<Item>[], activity: MappedActivity<Item, Output>, options?: MapOptions): Promise<Output[]>;
  /** The same for an activity by its name, with outcomes. */
  map<Output = unknown>(items: readonly unknown[], activity: string, options: SettledMapOptions): Promise<MapOutcome<Output>[]>;
  /** The same for an activity by its name, with results. */
  map<Output = unknown>(items: readonly unknown[], activity: string, options?: MapOptions): Promise<Output[]>;
}

/** An activity by its definition, or one of `ctx.activities`. */
export type MappedActivity<Item, Output> =
  | ActivityDefinition<Item, Output>
  | ((item: Item, options?: ActivityCallOptions) => Promise<Output>);

/** How a map goes about it; the rest is as for one call of the activity, and counts for each item from when it is begun. */
export interface MapOptions extends Omit<ActivityCallOptions, keyof LimitCallOptions> {
  /** How many items are under way at a time, those in their back-offs included: 1 to 1,000. Default 100. */
  readonly concurrency?: number;
  /** True: failures are outcomes. Default false. */
  readonly settle?: boolean;
}

export interface SettledMapOptions extends MapOptions {
  readonly settle: true;
}

/** What an item came to. A time-out is a failure of type `ActivityTimedOut`. */
export type MapOutcome<Output> = { readonly ok: true; readonly value: Output } | { readonly ok: false; readonly failure: CaughtFailure };
