// biome-ignore-all lint/complexity/useLiteralKeys: by a name in brackets TypeScript lets tests reach what is private

import { type RunAdvance, RunState, type ShardOwner } from '@marathon/core';
import type { Simulation } from '../src/index.js';

// Looks into owners, past what is private: what they hold in memory is what these tests are about.

const lanesOf = (owner: ShardOwner) => owner['lanes'];

/** What an owner holds beyond the runs themselves, by name; everything is 0 when no run is open and nothing is under way. */
export function residueOf(owner: ShardOwner): Readonly<Record<string, number>> {
  const residue: Record<string, number> = {};
  const add = (name: string, count: number) => {
    residue[name] = (residue[name] ?? 0) + count;
  };
  for (const lane of lanesOf(owner)) {
    add('runs', lane['runs'].size);
    add('waiters', lane['waiters'].results.size);
    add('updateWaiters', lane['waiters'].updates.size);
    add('wakeUps', lane['wakeUps'].size);
    add('lag', lane['lag'].size);
    add('leases', lane['leases'].size);
    add('steps', lane['steps'].size);
    add('outgoingRequests', lane['outgoingRequests'].size);
    add('corrections', lane['corrections'].size);
    add('published', lane['relay']['published'].length + lane['relay']['underWay'].size);
    add('inbox', lane['inbox'].isEmpty ? 0 : 1);
  }
  return residue;
}

/** Runs in memory whose state is not what their history says, apart from what no history holds. */
export async function strayStates(world: Simulation): Promise<readonly string[]> {
  const stray: string[] = [];
  for (const { owner } of world.alive) {
    for (const lane of lanesOf(owner)) {
      for (const run of lane['runs']) {
        const stored = (await world.eventLog.runStore.loadRuns([run.runId])).runs[0];
        const { history = [], maps } = stored ?? {};
        const isCurrent =
          !run.hasNews && !run.isEnding && run.committed.seq === history.length && run.isProven && run.state.maps?.['last'] === maps?.last;
        if (!isCurrent) continue;
        const [live, folded] = [run.state, RunState.of(history, maps)].map(comparable);
        if (live !== folded) stray.push(`${run.runId}: ${live} in memory, ${folded} by its history`);
      }
    }
  }
  return stray;
}

function comparable(state: RunState): string {
  const { status, lastSeq, clockMs, taken, cancelRequested, suspension, startsAtMs, timesOutAtMs, payloadChars } = state;
  // Those of items stand where their map got its items: the order means nothing.
  const ordered = [...state.activities.values()].sort((a, b) => a.seq - b.seq);
  const activities = ordered.map(({ seq, attempt, availableAtMs, isOffered, scheduledAtMs, lastFailure }) => {
    return { seq, attempt, availableAtMs, isOffered, scheduledAtMs, lastFailure };
  });
  const timers = [...state.timers];
  const children = [...state.asked.children.values()].map(({ seq, isStarted }) => ({ seq, isStarted }));
  const requests = [...state.asked.requests.keys()];
  const deferred = state.deferred.map(({ seq }) => seq);
  const { labels } = state;
  const maps = [...(state.maps?.open.values() ?? [])].map(({ seq, done, failed, chars, underWay }) => ({
    ...{ seq, done, failed, chars },
    underWay: [...underWay],
  }));
  const plain = { labels, status, lastSeq, clockMs, taken, cancelRequested, suspension, startsAtMs, timesOutAtMs, payloadChars };
  return JSON.stringify({ ...plain, activities, timers, children, requests, deferred, maps });
}

/** Attempts that are given up for lack of a renewal while their worker is sending them. */
export function wrongLapses(world: Simulation, { runId, events }: RunAdvance): readonly string[] {
  return events.flatMap((event) => {
    if (event.type !== 'ActivityRetryScheduled' || !event.data.failure.message.includes('ran out of its lease')) return [];
    const { activitySeq, attempt } = event.data;
    return world.workers.isLeased(runId, activitySeq, attempt - 1) ? [`${runId}: attempt ${attempt - 1} of ${activitySeq}`] : [];
  });
}
