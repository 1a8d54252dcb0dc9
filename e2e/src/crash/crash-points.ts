// Where the process of the crash suite dies. Each crossing is a call through a port, or a piece of an author's code; the point with
// the odd number lies right before it, the one with the even number right behind it, before anybody learns that it is over.

/** One row: the number of the point before, what is crossed, what it is, and how often a life passes there at least. */
const table = [
  [1, 'start', 'RunIntake.start: the commit of runs, their first events and their outbox entry', 3],
  [3, 'request', 'RunIntake.request: the commit that numbers signals, cancellations and terminations', 3],
  [5, 'commit', 'RunStore.commit: the commit of a batch', 3],
  [7, 'publish run-started', 'a run is announced to its owner', 3],
  [9, 'publish request-accepted', 'the owner is nudged to take a request', 3],
  [11, 'publish activity-task', 'an attempt is offered to workers', 3],
  [13, 'publish activity-announced', 'a worker says that it is at it', 2],
  [15, 'publish leases-renewed', 'a worker says that it is still at it', 1],
  [17, 'publish activity-finished', 'a worker says what came of it', 3],
  [19, 'publish activity-cancel-requested', 'workers are asked to abort', 2],
  [21, 'publish run-closed', 'a waiting gateway gets its answer', 2],
  [23, 'publish run-events', 'watchers learn what a commit added', 3],
  [25, 'publish result-awaited', 'a gateway asks for a result', 1],
  [27, 'deleteEntries', 'Outbox.deleteEntries: published, and not forgotten yet', 1],
  [29, 'claimEntries', 'Outbox.claimEntries: the sweeper takes what others left', 1],
  [31, 'register', 'DefinitionRegistry.register: the first word to the database', 1],
  [33, 'gainShards', 'RunStore.gainShards: the epochs are raised', 1],
  [35, 'readRunsWaitingFor', 'RunStore.readRunsWaitingFor: recovery finds what to bring back', 2],
  [37, 'loadRuns', 'RunStore.loadRuns: histories are read to be replayed', 1],
  [39, 'readWakeUps', 'RunStore.readWakeUps: timers are read', 1],
  [41, 'readRequests', 'RunStore.readRequests: requests that came out of order or in between are read', 1],
  [43, 'readWaitingRequests', 'RunStore.readWaitingRequests: requests whose nudge was lost are read', 1],
  [45, 'explainRefusals', 'RunStore.explainRefusals: a run was refused to close', 1],
  [47, 'correctWakeUps', 'RunStore.correctWakeUps: bounds that have passed are moved', 1],
  [49, 'saveHeartbeats', 'RunStore.saveHeartbeats: details for the next attempt', 1],
  [51, 'activity', 'the code of an activity', 3],
  [53, 'step', 'the code of a step in place: its effect, which no commit has recorded yet', 3],
] as const;

export type Crossing = (typeof table)[number][1];

export interface CrashPoint {
  /** `P1` … */
  readonly name: string;
  readonly crossing: Crossing;
  readonly side: 'before' | 'after';
  readonly meaning: string;
  /** A life can be made to die at each pass from the first to this one. */
  readonly passesMax: number;
}

export const crashPoints: readonly CrashPoint[] = table.flatMap(([number, crossing, meaning, passesMax]) => [
  { name: `P${number}`, crossing, side: 'before', meaning, passesMax } as const,
  { name: `P${number + 1}`, crossing, side: 'after', meaning, passesMax } as const,
]);

/** @throws RangeError when there is no such point. */
export function crashPoint(name: string): CrashPoint {
  const point = crashPoints.find((each) => each.name === name);
  if (!point) throw new RangeError(`there is no crash point ${name}: P1 to P${2 * table.length}`);
  return point;
}
