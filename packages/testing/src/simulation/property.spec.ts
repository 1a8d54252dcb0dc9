import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plan } from '../../test/arbitraries.js';
import { isLeftAlone, play, undisturbed } from '../../test/play.js';
import { interpreter } from '../../test/program.js';
import { violationsIn } from '../checks/check-simulation.js';

// One seed replays a failure: MARATHON_TEST_SEED=… and the path that fast-check prints. MARATHON_TEST_RUNS makes it run longer.
const seed = Number(process.env.MARATHON_TEST_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.MARATHON_TEST_RUNS ?? 200);
const path = process.env.MARATHON_TEST_PATH;

describe(`generated workflows under crashes, duplicates, delays and losses (MARATHON_TEST_SEED=${seed})`, () => {
  it(
    'close, with histories that replay, every request in them once, and the results of undisturbed runs',
    async () => {
      await fc.assert(
        fc.asyncProperty(plan, async (planned) => {
          const { world, ends, left } = await play(planned);
          expect(await violationsIn(world, [interpreter])).toEqual([]);
          expect(left).toEqual([]);
          const calm = await undisturbed(planned);
          for (const [i, run] of planned.runs.entries()) {
            if (!isLeftAlone(run)) continue;
            expect(outcome(ends[i])).toEqual(outcome(calm.ends[i]));
          }
        }),
        { seed, numRuns, ...(path !== undefined && { path, endOnFailure: true }) },
      );
    },
    20 * 60_000,
  );
});

const outcome = (end: { readonly type: string; readonly data: unknown; readonly payload?: string } | undefined) =>
  end && { type: end.type, data: end.data, payload: end.payload };
