import type { Failure } from '../failure.js';
import type { LimitOptions } from '../limits/limit-options.js';
import type { RecordedActivityOptions } from '../run/activity-options.js';

/**
 * What can happen to a map: one activity for each of many items. What happens to its items stands beside the history (see
 * `MapRecord`) until the map is over. `mapSeq` means the seq of its `MapScheduled`.
 */
export interface MapEventData {
  /** Item i is the activity `firstItem` + i of the run. `digest` is of all items. */
  MapScheduled: {
    readonly activity: string;
    readonly count: number;
    readonly firstItem: number;
    readonly digest: string;
    /** How many items are worked on at a time. */
    readonly concurrency: number;
    /** True: a failure is the outcome of its item, rather than of the map. */
    readonly settles?: boolean;
  } & Omit<RecordedActivityOptions, 'approval' | keyof LimitOptions>;
  /** payload: the outcomes of all items, in their order. Here and below, `taken` is the highest number of a request that told of an item: no event has it. */
  MapCompleted: {
    readonly mapSeq: number;
    readonly taken?: number;
    /** Results came while the code was not there: the code holds them all against its schema when it gets them. */
    readonly isUnchecked?: true;
  };
  /** An item failed for good, or the results are too much to keep. payload: the item. `activities` are those that were under way. */
  MapFailed: {
    readonly mapSeq: number;
    readonly index: number;
    readonly attempt: number;
    readonly failure: Failure;
    readonly isTooLarge?: boolean;
    readonly activities: readonly number[];
    readonly taken?: number;
  };
  MapCanceled: { readonly mapSeq: number; readonly activities?: readonly number[]; readonly taken?: number };
}
