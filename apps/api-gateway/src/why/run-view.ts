import { type AwaitedLimit, type RunRow, type RunSurroundings, wakeCause } from '@marathon/core';
import type { RunWait } from '@marathon/protocol';
import type { FoldedRun } from '../reads/folded-runs.js';

/** What is known of an open run and of the world around it: all that it takes to say what it waits for. */
export interface RunView extends FoldedRun {
  readonly run: RunRow;
  readonly surroundings: RunSurroundings;
  readonly awaitedLimits: readonly AwaitedLimit[];
  readonly world: World;
}

/** The world as it is now. What cannot be found out is absent. */
export interface World {
  readonly nowMs: number;
  readonly isStreamUsable: boolean;
  /** How many orchestrators serve the run's task queue. */
  readonly orchestrators: number | undefined;
  /** By task queue, how many workers serve it. */
  readonly workers: ReadonlyMap<string, number | undefined>;
  /** The task queues on which the run's workflow is registered. */
  readonly registeredOn: readonly string[];
}

/** A wait whose instants are numbers still; the rest of its facts is as it is answered. */
export type ViewedWait = { [Kind in RunWait['kind']]: WithNumbers<Extract<RunWait, { kind: Kind }>> }[RunWait['kind']];

type WithNumbers<Of> = Omit<Of, 'since' | 'until'> & { readonly sinceMs: number; readonly untilMs?: number | undefined };

/** The code could begin, and no owner has let it. */
export const isUnbegun = ({ state, surroundings }: RunView): boolean =>
  state.startsAtMs === undefined && (surroundings.wakeCauses & wakeCause.start) !== 0;
