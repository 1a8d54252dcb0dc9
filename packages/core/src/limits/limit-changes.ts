import type { HistoryEvent } from '../history/event.js';
import type { RunState } from '../run/run-state.js';
import { priorityDefault } from './limit-options.js';
import { type Place, runPlace } from './places.js';
import { type LimitName, limitsOfActivity, limitsOfRun, type StatedLimit } from './stated-limit.js';

/** Written with the advance that causes it. */
export interface LimitChanges {
  /** Who waits from now on. */
  readonly queued: readonly QueuedPlace[];
  /** By `place`: who waits no longer, and holds nothing any more. */
  readonly freed: readonly number[];
  /** The run closes: all of it is freed. */
  readonly isClosing: boolean;
  /** What the run itself holds is its successor's. */
  readonly handsOn: boolean;
  /** The limits of all these. */
  readonly names: readonly LimitName[];
}

export interface QueuedPlace {
  /** The activity's seq, or 0 for the run itself. */
  readonly place: number;
  readonly attempt: number;
  readonly priority: number;
  /** Empty for none. */
  readonly fairnessKey: string;
  readonly limits: readonly StatedLimit[];
}

/**
 * What becomes of the run's places with these events, which the state has taken in but for a closing one; nothing as a rule.
 * @param window how many attempts of a queue that state a priority or a fairness key alone are at workers at a time
 */
export function limitChanges(
  state: RunState,
  events: readonly HistoryEvent[],
  closing: HistoryEvent['type'] | undefined,
  window: number,
): LimitChanges | undefined {
  const { places } = state;
  if (!places || places.bySeq.size === 0) return undefined;
  const queued = new Map<number, QueuedPlace>();
  const freed = new Set<number>();
  const names = new Set<LimitName>();
  const name = (limits: readonly StatedLimit[]) => {
    for (const limit of limits) names.add(limit.name);
  };
  for (const event of closing ? [] : events) {
    const seq = placeOf(event);
    const place = seq === undefined ? undefined : places.bySeq.get(seq);
    if (seq === undefined || !place) continue;
    const limits = limitsOf(state, place, window);
    if (place.stands === 'waiting') queued.set(seq, queuedPlace(seq, place, limits));
    else if (place.stands !== 'held') freed.add(seq);
    else continue;
    name(limits);
  }
  if (closing) for (const place of places.bySeq.values()) name(limitsOf(state, place, window));
  if (!closing && queued.size === 0 && freed.size === 0) return undefined;
  const handsOn = closing === 'WorkflowContinuedAsNew' && places.bySeq.get(runPlace)?.stands === 'held';
  return { queued: [...queued.values()], freed: [...freed], isClosing: closing !== undefined, handsOn, names: [...names] };
}

function queuedPlace(place: number, { attempt, options }: Place, limits: readonly StatedLimit[]): QueuedPlace {
  const { priority = priorityDefault, fairnessKey = '' } = options;
  return { place, attempt, priority, fairnessKey, limits };
}

function limitsOf({ started }: RunState, { activity, taskQueue, options }: Place, window: number): readonly StatedLimit[] {
  if (activity === undefined) return limitsOfRun(started.data.workflow, options);
  return limitsOfActivity(activity, options, { taskQueue: taskQueue ?? started.data.taskQueue, limit: window });
}

function placeOf(event: HistoryEvent): number | undefined {
  if (event.type === 'WorkflowQueued') return runPlace;
  if (event.type === 'ActivityScheduled') return event.seq;
  return 'activitySeq' in event.data ? event.data.activitySeq : undefined;
}
