import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plan } from '../../test/arbitraries.js';
import { strayStates } from '../../test/inside.js';
import { isLeftAlone, play, undisturbed } from '../../test/play.js';
import { interpreter } from '../../test/program.js';
import { violationsIn } from '../checks/check-simulation.js';
import type { Simulation } from './simulation.js';

// One seed replays a failure: MARATHON_TEST_SEED=…, with MARATHON_TEST_PATH=… as fast-check prints it for the one plan that failed.
// MARATHON_TEST_RUNS says how many plans are played, each with up to 15 workflows.
const { MARATHON_TEST_SEED, MARATHON_TEST_PATH, MARATHON_TEST_RUNS } = process.env;
const seed = Number(MARATHON_TEST_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(MARATHON_TEST_RUNS ?? 300);
const replayed = MARATHON_TEST_PATH === undefined ? {} : { path: MARATHON_TEST_PATH, endOnFailure: true };

describe(`generated workflows under crashes, duplicates, delays and losses (MARATHON_TEST_SEED=${seed})`, () => {
  it(
    'close, with histories that replay, every request in them once, the results of undisturbed runs, and nothing left behind',
    async () => {
      const property = fc.asyncProperty(plan, async (planned) => {
        const played = await play(planned, watch);
        expect(played.left).toEqual([]);
        expect(await violationsIn(played.world, (run) => (played.isOfMendedCode(run) ? interpreter : undefined))).toEqual([]);
        expect(played.lapses).toEqual([]);
        for (const { runId, status } of played.world.replies.values()) expect((await played.world.find(runId)).status).toBe(status);
        for (const residue of played.residues) expect(Object.entries(residue).filter(([, count]) => count > 0)).toEqual([]);
        const calm = await undisturbed(planned);
        for (const [i, run] of planned.runs.entries()) if (isLeftAlone(run)) expect(outcome(played.ends[i])).toEqual(outcome(calm.ends[i]));
      });
      await fc.assert(property, { seed, numRuns, ...replayed });
    },
    60 * 60_000,
  );
});

let looks = 0;

/** Now and then: what is in memory is what the histories say. */
async function watch(world: Simulation): Promise<void> {
  if (++looks % 10 === 0) expect(await strayStates(world)).toEqual([]);
}

const outcome = (end: { readonly type: string; readonly data: unknown; readonly payload?: string } | undefined) =>
  end && { type: end.type, data: end.data, payload: end.payload };
