import { encodePayload, type NewActivityRequest, type Payload } from '@marathon/core';
import type { SimulatedActivity, Simulation } from '../src/index.js';
import { deferred } from '../src/simulation/simulated-workers.js';

/** What is done by those who are neither workers nor runs: they answer late, and not once only. */
const lookMs = 3_000;

/** Somebody looks at the open approvals again and again, and answers all. */
export function answerApprovals(world: Simulation): void {
  world.clock.at(world.clock.now() + lookMs, async () => {
    for (const { runId, workflowId, activitySeq, title } of await world.eventLog.reader.listApprovals({
      namespace: 'default',
      limit: 100,
    })) {
      const answer = { activitySeq, attempt: 1, payload: encoded(title), answeredBy: 'ada' };
      void world.request(workflowId, { kind: 'complete-activity', ...answer }, runId);
    }
    answerApprovals(world);
  });
}

/** An attempt that leaves it to others to say how it ended: the first fails where that is wanted. */
export function later(world: () => Simulation): SimulatedActivity {
  return (input, attempt, { task: { runId, workflowId, activitySeq } }) => {
    const { clock } = world();
    const { afterMs, fails } = input as { readonly afterMs: number; readonly fails: boolean };
    const outcome: NewActivityRequest =
      fails && attempt === 1
        ? { kind: 'fail-activity', activitySeq, attempt, failure: { type: 'Error', message: 'not now' } }
        : { kind: 'complete-activity', activitySeq, attempt, payload: encoded(afterMs) };
    for (const delayMs of [afterMs, afterMs + 100]) clock.at(clock.now() + delayMs, () => void world().request(workflowId, outcome, runId));
    return deferred;
  };
}

const encoded = (value: unknown) => encodePayload(value) as Payload;
