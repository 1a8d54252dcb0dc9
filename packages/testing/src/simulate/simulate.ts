import { type AnyWorkflowDefinition, MarathonError, type WorkflowDefinition } from '@marathon/core';
import { Random } from '@marathon/memory';
import type { ActivityMocks, AnyActivities } from '../environment/activity-mocks.js';
import type { TestEnvironment, WithInput } from '../environment/test-environment.js';
import type { TestHandle } from '../environment/test-handle.js';
import type { Faults } from '../simulation/chance.js';
import { type Disturbance, type Performance, type Play, perform } from './play.js';
import { UnsteadyGlobals } from './unsteady-globals.js';

/** What goes wrong in simulated runs. */
export interface DisturbanceOptions {
  /** Everything that goes wrong follows from it. Default: 1, 2, 3 … a run each. With a seed, that run alone unless `runs` says more. */
  readonly seed?: number;
  /** How many disturbed runs. Default: as many as it takes to crash everywhere, and 20 more. */
  readonly runs?: number;
  /** The process dies just before or just after an advance of the run is durable: each run at another. Default true. */
  readonly crashAtEveryAwait?: boolean;
  /** Messages come twice, and so may attempts of activities. Default true. */
  readonly duplicate?: boolean;
  /** Messages come up to 200 ms late, and out of order. Default true. */
  readonly reorder?: boolean;
  /** Attempts of activities take up to 20 seconds. Default true: turn it off when a result depends on time by intent. */
  readonly delay?: boolean;
  /** Every third run is canceled somewhere, and must not end as if it had not been. Default true. */
  readonly cancel?: boolean;
}

/** What is simulated, and what goes wrong. */
export interface SimulateOptions<Activities extends object = AnyActivities> extends DisturbanceOptions {
  /** What stands for activities, by name. */
  readonly activities?: ActivityMocks<Activities>;
  /** Other workflows that it starts. */
  readonly workflows?: readonly AnyWorkflowDefinition[];
  /** What others do to the run: signals, cancellation, time that passes. Afterwards its result is awaited. */
  readonly during?: (handle: TestHandle, env: TestEnvironment<Activities>) => Promise<void>;
}

/** What a simulation that found nothing has done. */
export interface SimulationReport {
  /** How many runs were disturbed. */
  readonly runs: number;
  /** How the undisturbed run ended. */
  readonly end: string;
}

/** What `simulate` found. The same seed shows it again. */
export class SimulationFailedError extends MarathonError {
  readonly code = 'MARATHON_SIMULATION_FAILED';

  constructor(
    workflow: string,
    /** None when the run went wrong with nothing to disturb it. */
    readonly seed: number | undefined,
    readonly violations: readonly string[],
  ) {
    const when = seed === undefined ? 'with nothing to disturb it' : `under disturbance; simulate(…, { seed: ${seed} }) shows it again`;
    super(`workflow "${workflow}" goes wrong ${when}:\n${violations.map((what) => `  - ${what}`).join('\n')}`);
  }
}

const runsDefault = 20;
const crashPointsMax = 200;

/**
 * Runs a workflow once undisturbed, then many times under crashes, duplicates, reordering and delays, and checks each time that
 *
 * * after every event a fresh replay gives the same commands, at another wall-clock time and with other chance;
 * * it ends as the undisturbed run did, unless it was canceled, and that it lets a cancellation pass;
 * * what `effect` tells of happens no more often than in the undisturbed run, and never in workflow code itself;
 * * nothing that the code asks for is left without anybody who awaits it;
 * * code that waits does not go on by itself: undisturbed, each place at which it waits is given a tenth of a second of real time.
 *
 * @throws SimulationFailedError with the seed that shows the failure again.
 */
export async function simulate<Input, Activities extends object = AnyActivities>(
  workflow: WorkflowDefinition<Input, unknown>,
  options: SimulateOptions<NoInfer<Activities>> & WithInput<NoInfer<Input>>,
): Promise<SimulationReport> {
  const { activities = {}, workflows = [], during = async () => {}, input } = options;
  const play = { workflow, workflows, input, activities, during } as Play;
  const globals = new UnsteadyGlobals();
  try {
    const calm = await perform(play, {}, globals);
    if (calm.violations.length > 0) throw new SimulationFailedError(workflow.name, undefined, calm.violations);
    const seeds = seedsOf(options, calm);
    for (const seed of seeds) {
      const disturbed = await perform(play, disturbanceOf(seed, options, calm), globals);
      const violations = [...disturbed.violations, ...differences(calm, disturbed)];
      if (violations.length > 0) throw new SimulationFailedError(workflow.name, seed, violations);
    }
    return { runs: seeds.length, end: calm.end };
  } finally {
    globals.restore();
  }
}

/** The first seeds crash the process at each moment in turn, and do nothing else. */
const crashPointsOf = ({ crashAtEveryAwait = true }: DisturbanceOptions, { advances }: Performance): number =>
  crashAtEveryAwait ? Math.min(2 * advances, crashPointsMax) : 0;

function seedsOf({ seed, runs, ...options }: DisturbanceOptions, calm: Performance): readonly number[] {
  const count = runs ?? (seed === undefined ? crashPointsOf(options, calm) + runsDefault : 1);
  return Array.from({ length: count }, (_, i) => (seed ?? 1) + i);
}

/** What goes wrong follows from the seed and the undisturbed run alone. */
function disturbanceOf(seed: number, options: DisturbanceOptions, calm: Performance): Disturbance {
  const crashPoints = crashPointsOf(options, calm);
  if (seed >= 1 && seed <= crashPoints) return { seed, crashPoint: seed };
  const { duplicate = true, reorder = true, delay = true, cancel = true } = options;
  const random = new Random(seed);
  const faults: Faults = {
    ...(duplicate && { duplicates: random.fraction() / 2 }),
    ...(reorder && { delays: random.fraction() }),
    ...(delay && { slowAttempts: random.fraction() }),
  };
  return {
    seed,
    faults,
    ...(crashPoints > 0 && { crashPoint: 1 + random.below(crashPoints) }),
    ...(cancel && seed % 3 === 0 && { cancelAfter: 1 + ((seed / 3) % calm.advances) }),
  };
}

function differences(calm: Performance, disturbed: Performance): readonly string[] {
  if (disturbed.wasCanceled) return [];
  const found: string[] = [];
  if (disturbed.end !== calm.end) found.push(`it ended otherwise than undisturbed: ${disturbed.end}, not ${calm.end}`);
  for (const [what, count] of disturbed.effects.counts) {
    const once = calm.effects.counts.get(what) ?? 0;
    if (count > once)
      found.push(`effect "${what}" happened ${count} times, not ${once}: an attempt may run more than once, pass its idempotency key on`);
  }
  return found;
}
