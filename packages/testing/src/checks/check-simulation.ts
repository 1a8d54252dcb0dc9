import { newestFirst } from '@marathon/core';
import type { Simulation } from '../simulation/simulation.js';
import { type CheckedEventLog, violationsOf } from './check-event-log.js';

/** What a simulation's event log holds, to be checked. */
export async function eventLogOf(world: Simulation, definitionOf: CheckedEventLog['definitionOf']): Promise<CheckedEventLog> {
  const { reader, outbox, runStore, payloads } = world.eventLog;
  const rows = await reader.search({ namespace: 'default', orderBy: newestFirst, limit: Number.MAX_SAFE_INTEGER });
  const accepted = Map.groupBy(world.accepted, ({ runId }) => runId);
  const runs = await Promise.all(
    rows.map(async (row) => ({
      row,
      history: await world.history(row.runId),
      accepted: (accepted.get(row.runId) ?? []).map(({ request }) => request),
    })),
  );
  return {
    runs,
    definitionOf,
    ...(world.movesLargePayloads && { payloads }),
    outbox: await outbox.claimEntries({ olderThanMs: 0, claimForMs: 0, limit: Number.MAX_SAFE_INTEGER }),
    waitingRequests: (
      await runStore.readRequests(
        rows.map(({ runId }) => ({ runId, taken: 0 })),
        { requests: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER },
      )
    ).requests,
  };
}

/** See `violationsOf`. */
export async function violationsIn(world: Simulation, definitionOf: CheckedEventLog['definitionOf']): Promise<readonly string[]> {
  return violationsOf(await eventLogOf(world, definitionOf));
}
