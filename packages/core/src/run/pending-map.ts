import { caughtFailure } from '../execution/caught-failure.js';
import type { Failure } from '../failure.js';
import type { TypedEvent } from '../history/event.js';
import type { Payload } from '../payload.js';
import { type ActivityOptions, withDefaults } from './activity-options.js';
import { mapResultCharsMax } from './map-limits.js';
import type { NewEvent } from './new-event.js';
import type { PendingActivity } from './pending-activity.js';

/** What an item came to, when its activity is over. */
export type ItemOutcome = { readonly result: Payload | undefined; readonly isUnchecked: true | undefined } | { readonly failure: Failure };

/**
 * A map that is not over: the items, how far it has got, and what came of those that are done. An item counts as under way until it
 * is done, in its back-offs too, so that an outage holds up `concurrency` items and not all of them.
 */
export class PendingMap {
  readonly seq: number;
  readonly activity: string;
  readonly count: number;
  readonly firstItem: number;
  readonly concurrency: number;
  readonly options: ActivityOptions;
  readonly scheduledAtMs: number;
  /** Items under way, by activity, with the number of the record that offered them to workers last. */
  readonly underWay = new Map<number, number>();
  done = 0;
  failed = 0;
  /** The highest number of a request that told of an item. */
  taken: number | undefined;
  /** Of the items that are not done, and of the results. */
  chars = 0;
  private readonly settles: boolean;
  private readonly items: (Payload | undefined)[] = [];
  /** As JSON texts, in the order of the items. */
  private readonly outcomes: string[] = [];
  private resultChars = 0;
  private isUnchecked = false;
  /** The first item that was not begun. */
  private next = 0;

  constructor({ seq, at, data }: TypedEvent<'MapScheduled'>, taskQueue: string) {
    const { activity, count, firstItem, digest: _, concurrency, settles = false, ...options } = data;
    this.seq = seq;
    this.activity = activity;
    this.count = count;
    this.firstItem = firstItem;
    this.concurrency = concurrency;
    this.settles = settles;
    this.options = withDefaults(options, taskQueue);
    this.scheduledAtMs = at;
  }

  has(activitySeq: number): boolean {
    return activitySeq >= this.firstItem && activitySeq < this.firstItem + this.count;
  }

  addItems(items: readonly (Payload | undefined)[]): void {
    for (const item of items) {
      this.items.push(item);
      this.chars += item?.length ?? 0;
    }
  }

  /** The next item's activity, offered by record `n`; nothing while as many as may be are under way, or when there are no more. */
  begin(atMs: number, n: number): PendingActivity | undefined {
    if (this.items.length < this.count || this.next === this.count || this.underWay.size >= this.concurrency) return undefined;
    const index = this.next++;
    const activity = this.activityOf(index, this.items[index], atMs);
    this.underWay.set(activity.seq, n);
    return activity;
  }

  /** The activity of an item is over. @returns how the map ends, if it does. */
  settle(activity: PendingActivity, outcome: ItemOutcome): NewEvent | undefined {
    const index = activity.seq - this.firstItem;
    this.underWay.delete(activity.seq);
    if ('failure' in outcome && !this.settles) return this.failure(activity, outcome.failure);
    const text = this.settles ? settled(outcome) : 'result' in outcome ? (outcome.result ?? 'null') : 'null';
    this.chars += text.length - (activity.input?.length ?? 0);
    this.resultChars += text.length + 1;
    if (this.resultChars > mapResultCharsMax) return this.failure(activity, tooLarge, { isTooLarge: true });
    this.items[index] = undefined;
    this.outcomes[index] = text;
    this.done++;
    if ('failure' in outcome) this.failed++;
    else if (outcome.isUnchecked) this.isUnchecked = true;
    if (this.done < this.count) return undefined;
    const data = { mapSeq: this.seq, ...this.request, ...(this.isUnchecked && { isUnchecked: true as const }) };
    return { type: 'MapCompleted', data, payload: `[${this.outcomes.join()}]` as Payload };
  }

  /** What is recorded with its cancellation, so that whoever finds that can tell the workers. */
  get ending(): { readonly activities: readonly number[]; readonly taken?: number } {
    return { activities: [...this.underWay.keys()], ...this.request };
  }

  activityOf(index: number, input: Payload | undefined, atMs: number): PendingActivity {
    return {
      seq: this.firstItem + index,
      mapSeq: this.seq,
      activity: this.activity,
      input,
      options: this.options,
      scheduledAtMs: atMs,
      attempt: 1,
      handBacks: 0,
      availableAtMs: atMs,
      startedAtMs: undefined,
      isDeferred: false,
      approval: undefined,
      worker: undefined,
      lastFailure: undefined,
      heartbeatDetails: undefined,
      isOffered: true,
      awaitsPlace: false,
      lease: { untilMs: undefined, lastHeartbeatAtMs: undefined },
    };
  }

  private failure({ seq, attempt, input }: PendingActivity, failure: Failure, more: { readonly isTooLarge?: true } = {}): NewEvent {
    const data = { mapSeq: this.seq, index: seq - this.firstItem, attempt, failure, ...more, ...this.ending };
    return { type: 'MapFailed', data, ...(input !== undefined && { payload: input }) };
  }

  private get request() {
    return this.taken === undefined ? {} : { taken: this.taken };
  }
}

const tooLarge: Failure = {
  type: 'MapResultsTooLarge',
  message: `the results of a map have more than ${mapResultCharsMax} characters of JSON: let activities store what is large, and return where it is`,
};

const settled = (outcome: ItemOutcome): string =>
  'failure' in outcome
    ? `{"ok":false,"failure":${JSON.stringify(caughtFailure(outcome.failure))}}`
    : `{"ok":true,"value":${outcome.result ?? 'null'}}`;
