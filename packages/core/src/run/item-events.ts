import type { EventType, HistoryEvent, TypedEvent } from '../history/event.js';
import type { MapRecord } from '../history/map-record.js';

/** The events that say something of the items of maps. */
export const mapEventTypes = [
  'MapScheduled',
  'MapCompleted',
  'MapFailed',
  'MapCanceled',
  'ActivityCompletionDropped',
] as const satisfies readonly EventType[];

/**
 * What is recorded of an item of a map, as a history would say it of any activity: that it was asked for, what happened to it while its
 * map was open, and that it is over when its map is. Nothing when no map of the run has such an item.
 * @param events those of `mapEventTypes`, in the order of seq
 * @param records those that say something of the item, in the order of their numbers, among others
 */
export function eventsOfItem(events: readonly HistoryEvent[], records: readonly MapRecord[], activitySeq: number): readonly HistoryEvent[] {
  const scheduled = events.find((event) => event.type === 'MapScheduled' && hasItem(event, activitySeq)) as
    | TypedEvent<'MapScheduled'>
    | undefined;
  if (!scheduled) return [];
  const { count: _, firstItem: __, digest: ___, concurrency: ____, settles: _____, ...data } = scheduled.data;
  const asked: HistoryEvent = { seq: activitySeq, type: 'ActivityScheduled', at: scheduled.at, data };
  const changes = records.flatMap(({ at, changes: all = [] }) =>
    all.filter(({ data: of }) => of.activitySeq === activitySeq).map((change) => ({ seq: scheduled.seq, at, ...change }) as HistoryEvent),
  );
  const dropped = events.filter(({ type, data: of }) => type === 'ActivityCompletionDropped' && of.activitySeq === activitySeq);
  const end = events.find(({ data: of }) => 'mapSeq' in of && of.mapSeq === scheduled.seq);
  return end ? [asked, overWith(end, activitySeq), ...dropped] : [asked, ...changes, ...dropped];
}

const hasItem = ({ data: { firstItem, count } }: TypedEvent<'MapScheduled'>, activitySeq: number): boolean =>
  activitySeq >= firstItem && activitySeq < firstItem + count;

function overWith({ seq, type, at }: HistoryEvent, activitySeq: number): HistoryEvent {
  if (type !== 'MapCompleted') return { seq, type: 'ActivityCanceled', at, data: { activitySeq } };
  return { seq, type: 'ActivityCompleted', at, data: { activitySeq, attempt: 1 } };
}
