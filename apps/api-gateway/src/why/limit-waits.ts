import { type AwaitedLimit, partsOf, runPlace } from '@marathon/core';
import { instant } from '../reads/instant.js';
import type { RunView, ViewedWait } from './run-view.js';

const remedy = 'It is let in by itself. See who is there: GET /limits. To let more in, state a higher limit: the last one stated counts.';

/** What the run and its attempts wait for under their limits. */
export function limitWaits({ state, run, awaitedLimits }: RunView): readonly ViewedWait[] {
  const byPlace = Map.groupBy(awaitedLimits, ({ place }) => place);
  const waits: ViewedWait[] = [];
  if (state.awaitsPlace) {
    const limits = byPlace.get(runPlace) ?? [];
    const what = `The code has not begun: the run waits for ${textOf(limits)}.`;
    waits.push({ kind: 'limit', what, sinceMs: limits[0]?.sinceMs ?? run.startedAtMs, remedy, limits: limits.map(shown) });
  }
  for (const { seq, activity, attempt, awaitsPlace, availableAtMs } of state.activities.values()) {
    if (!awaitsPlace) continue;
    const limits = byPlace.get(seq) ?? [];
    waits.push({
      kind: 'limit',
      what: `Attempt ${attempt} of activity "${activity}" waits for ${textOf(limits)}.`,
      sinceMs: limits[0]?.sinceMs ?? availableAtMs,
      remedy,
      activitySeq: seq,
      activity,
      attempt,
      limits: limits.map(shown),
    });
  }
  return waits;
}

function textOf(limits: readonly AwaitedLimit[]): string {
  if (limits.length === 0) return 'a place under its limits';
  return limits.map((limit) => `${kindText(limit)} (${ahead(limit)})`).join(' and ');
}

function kindText({ name, limit, perMs, inFlight }: AwaitedLimit): string {
  const { kind, key } = partsOf(name);
  if (perMs !== undefined) return `a token of the rate "${key}", ${limit} in ${perMs} ms`;
  return `a place under ${kind === 'queue-window' ? 'the window of task queue' : 'the limit'} "${key}", where ${inFlight} of ${limit} are taken`;
}

const ahead = ({ ahead: count }: AwaitedLimit): string => (count === 0 ? 'it is next' : `${count} go before it`);

/** As `GET /limits` shows them, with the place in the line. */
function shown({ name, limit, perMs, inFlight, waiting, ahead: count, nextTokenAtMs }: AwaitedLimit) {
  return {
    ...partsOf(name),
    limit,
    ...(perMs !== undefined && { perMs }),
    inFlight,
    waiting,
    ahead: count,
    ...(nextTokenAtMs !== undefined && { nextTokenAt: instant(nextTokenAtMs) }),
  };
}
