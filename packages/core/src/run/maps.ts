import type { TypedEvent } from '../history/event.js';
import type { MapRecord } from '../history/map-record.js';
import type { Payload } from '../payload.js';
import { foldAttempt } from './fold-attempt.js';
import type { ItemEvent } from './item-event.js';
import { mapPageCharsMax, mapPageItemsMax } from './map-limits.js';
import { type MapProgress, mapProgress } from './map-progress.js';
import type { NewEvent } from './new-event.js';
import { type PendingActivity, timedOut } from './pending-activity.js';
import { type ItemOutcome, PendingMap } from './pending-map.js';

/** What the event log has of a run's maps beside its history. */
export interface StoredMaps {
  /** The number of the last record there was: those of maps that are over are gone. */
  readonly last: number;
  /** By ascending number. */
  readonly records: readonly MapRecord[];
}

/** What a commit does with the records of a run's maps. */
export interface MapChanges {
  /** The numbers of the last record before and after it. */
  readonly expected: number;
  readonly last: number;
  readonly records: readonly MapRecord[];
  /** Maps that are over, by seq: their records go. */
  readonly ended: readonly number[];
  /** Items that are over, by seq: the details of their heartbeats go. */
  readonly silenced: readonly number[];
  /** For those who publish what came of it: the records that it would have written of maps that are over now, too. */
  readonly told: readonly MapRecord[];
}

/** The activities of a run, which those of items under way are among. */
export interface RunActivities {
  readonly activities: Map<number, PendingActivity>;
  readonly exhausted: Map<number, PendingActivity>;
}

/**
 * The maps of a run that are not over. They follow from its history and the records beside it: what happens to an item is decided
 * and folded as with any activity, and written into a record instead of an event.
 */
export class Maps {
  readonly open = new Map<number, PendingMap>();
  /** Records that are not committed yet. */
  private uncommitted: MapRecord[] = [];
  private ended: number[] = [];
  /** Of the items that are over with it, those that had told details by heartbeats. */
  private silenced: number[] = [];
  /** Items whose last attempt becomes a dead letter with the next commit. */
  private buried: number[] = [];
  /** The number of the last record that is committed. */
  committed: number;

  constructor(
    private readonly run: RunActivities,
    /** The number of the last record. */
    private last: number,
  ) {
    this.committed = last;
  }

  schedule(event: TypedEvent<'MapScheduled'>, taskQueue: string): void {
    this.open.set(event.seq, new PendingMap(event, taskQueue));
  }

  /** Its records go with the next commit. */
  end(event: TypedEvent<'MapCompleted'> | TypedEvent<'MapFailed'> | TypedEvent<'MapCanceled'>): void {
    const map = this.open.get(event.data.mapSeq);
    if (!map) return;
    for (const seq of map.underWay.keys()) this.remove(seq);
    if (event.type === 'MapFailed' && !event.data.isTooLarge && map.options.retry.deadLetter) {
      const activity = map.activityOf(event.data.index, event.payload, map.scheduledAtMs);
      this.run.exhausted.set(activity.seq, { ...activity, attempt: event.data.attempt });
    }
    // What its last records would tell, its end tells: but for those of a map that has gone through.
    if (event.type !== 'MapCompleted') this.uncommitted = this.uncommitted.filter(({ mapSeq }) => mapSeq !== map.seq);
    this.open.delete(map.seq);
    this.ended.push(map.seq);
  }

  has(activitySeq: number): boolean {
    return this.mapOf(activitySeq) !== undefined;
  }

  /** Gives a map that was scheduled just now its items, and begins the first of them. */
  supply(mapSeq: number, items: readonly (Payload | undefined)[], at: number): void {
    for (const page of pagesOf(items)) this.read(this.add({ mapSeq, at, items: page }));
  }

  /** What is stored, record by record. */
  read({ n, mapSeq, at, items, changes = [] }: MapRecord): void {
    const map = this.open.get(mapSeq);
    if (!map) return;
    if (items) map.addItems(items);
    for (const change of changes) this.fold(map, change, at, n);
    this.begin(map, at, n);
  }

  /** Something happens to an item of an open map. @returns how the map ends, if it does. */
  take(event: ItemEvent, at: number): NewEvent | undefined {
    const map = this.mapOf(event.data.activitySeq) as PendingMap;
    this.forgetBuried();
    const last = this.uncommitted.at(-1);
    const fits = last?.mapSeq === map.seq && last.at === at && last.changes;
    const { n, changes } = fits ? last : this.add({ mapSeq: map.seq, at, changes: [] });
    (changes as ItemEvent[]).push(event);
    const ending = this.fold(map, event, at, n);
    if (!ending) this.begin(map, at, n);
    return ending;
  }

  /** The code gives a map up, and does not know which of its items workers are at. */
  withWorkers(event: NewEvent): NewEvent {
    if (event.type !== 'MapCanceled') return event;
    return { ...event, data: { ...event.data, ...this.open.get(event.data.mapSeq)?.ending } };
  }

  /** What a commit has to do; nothing as a rule. */
  changes(isClosing: boolean): MapChanges | undefined {
    const ended = isClosing ? [...this.ended, ...this.open.keys()] : this.ended;
    const records = isClosing ? [] : this.uncommitted.filter(({ mapSeq }) => this.open.has(mapSeq));
    if (records.length === 0 && ended.length === 0) return undefined;
    return { expected: this.committed, last: this.last, records, ended, silenced: this.silenced, told: this.uncommitted };
  }

  get hasNews(): boolean {
    return this.uncommitted.length > 0 || this.ended.length > 0;
  }

  /** The changes are durable. */
  confirm({ last }: MapChanges): void {
    this.committed = last;
    this.uncommitted = [];
    this.ended = [];
    this.silenced = [];
  }

  /** Maps that were over by then had no records any more. */
  areRead(): void {
    this.ended = [];
    this.silenced = [];
  }

  progressOf(map: PendingMap): MapProgress {
    return mapProgress(map, this.run.activities);
  }

  /** An estimate: most texts take a byte for a character. */
  get sizeBytes(): number {
    let bytes = 0;
    for (const { chars, count } of this.open.values()) bytes += chars + 16 * count;
    return bytes;
  }

  private mapOf(activitySeq: number): PendingMap | undefined {
    for (const map of this.open.values()) if (map.has(activitySeq)) return map;
    return undefined;
  }

  private add(record: Omit<MapRecord, 'n'>): MapRecord {
    const numbered = { n: ++this.last, ...record };
    this.uncommitted.push(numbered);
    return numbered;
  }

  private begin(map: PendingMap, at: number, n: number): void {
    for (let next = map.begin(at, n); next; next = map.begin(at, n)) this.run.activities.set(next.seq, next);
  }

  private fold(map: PendingMap, event: ItemEvent, at: number, n: number): NewEvent | undefined {
    const { activitySeq } = event.data;
    if ('n' in event.data && event.data.n !== undefined) map.taken = Math.max(map.taken ?? 0, event.data.n);
    const activity = this.run.activities.get(activitySeq);
    if (!activity) return undefined;
    switch (event.type) {
      case 'ActivityCompletionDropped':
        return undefined;
      case 'ActivityCompleted':
      case 'ActivityFailed':
      case 'ActivityTimedOut':
        this.remove(activitySeq);
        if (event.type !== 'ActivityCompleted' && map.options.retry.deadLetter) this.bury(activity);
        return map.settle(activity, outcomeOf(event));
      default:
        if (event.type === 'ActivityRetryDue') map.underWay.set(activitySeq, n);
        foldAttempt(activity, { ...event, at });
        return undefined;
    }
  }

  private remove(activitySeq: number): void {
    if (this.run.activities.get(activitySeq)?.heartbeatDetails !== undefined) this.silenced.push(activitySeq);
    this.run.activities.delete(activitySeq);
  }

  private bury(activity: PendingActivity): void {
    this.run.exhausted.set(activity.seq, activity);
    this.buried.push(activity.seq);
  }

  /** The commit before has made dead letters of them. */
  private forgetBuried(): void {
    if (this.hasNews) return;
    for (const seq of this.buried.splice(0)) this.run.exhausted.delete(seq);
  }
}

type Ending = Extract<ItemEvent, { readonly type: 'ActivityCompleted' | 'ActivityFailed' | 'ActivityTimedOut' }>;

function outcomeOf(event: Ending): ItemOutcome {
  if (event.type === 'ActivityCompleted') return { result: event.payload, isUnchecked: event.data.isUnchecked };
  return { failure: event.type === 'ActivityFailed' ? event.data.failure : timedOut(event.data) };
}

function* pagesOf(items: readonly (Payload | undefined)[]): Iterable<readonly (Payload | undefined)[]> {
  for (let from = 0, to = 0; from < items.length; from = to) {
    let chars = 0;
    while (to < items.length && to - from < mapPageItemsMax && (to === from || chars + (items[to]?.length ?? 0) <= mapPageCharsMax)) {
      chars += items[to++]?.length ?? 0;
    }
    yield items.slice(from, to);
  }
}
