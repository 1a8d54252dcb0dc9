import { type AnyWorkflowDefinition, closedStatusOf, type HistoryEvent, newestFirst } from '@marathon/core';
import type { ActivityMocks, AnyActivities } from '../environment/activity-mocks.js';
import { NothingWillHappenError, RunNotOpenError, RunSuspendedError } from '../environment/errors.js';
import { TestEnvironment } from '../environment/test-environment.js';
import type { TestHandle } from '../environment/test-handle.js';
import type { SimulationOptions } from '../simulation/simulation-options.js';
import { type CheckedCode, codeViolations, foreignAwaits, swallowedCancellation } from './check-code.js';
import { Effects, withEffects } from './effects.js';
import type { UnsteadyGlobals } from './unsteady-globals.js';

/** What is played, whatever disturbs it. */
export interface Play {
  readonly workflow: AnyWorkflowDefinition;
  readonly workflows: readonly AnyWorkflowDefinition[];
  readonly input: unknown;
  readonly activities: ActivityMocks<AnyActivities>;
  readonly during: (handle: TestHandle, env: TestEnvironment) => Promise<void>;
}

/** What goes wrong in one performance. */
export interface Disturbance extends Pick<SimulationOptions, 'seed' | 'faults' | 'crashPoint'> {
  /** The run is canceled after so many of its advances. */
  readonly cancelAfter?: number;
}

export interface Performance {
  readonly end: string;
  readonly effects: Effects;
  readonly wasCanceled: boolean;
  /** How often its runs advanced: as often they could have been torn away. */
  readonly advances: number;
  readonly violations: readonly string[];
}

const workflowId = 'simulated';
/** Longer than what was lost takes to be found. */
const restMs = 30_000;
const reason = 'simulate cancels some of the runs';

/** Plays a workflow to its end once, and looks at what its histories say of its code. */
export function perform(play: Play, { cancelAfter, ...simulated }: Disturbance, globals: UnsteadyGlobals): Promise<Performance> {
  const effects = new Effects();
  globals.begin(simulated.seed ?? 0);
  return withEffects(effects, async () => {
    const { workflow, workflows, activities, during } = play;
    const env = new TestEnvironment({ workflows: [workflow, ...workflows], activities }, { ...simulated, skipsIdleTimeAfterMs: restMs });
    let advances = 0;
    let canceling: Promise<boolean> | undefined;
    env.simulation.onAdvanced = () => {
      if (++advances === cancelAfter) canceling = env.simulation.request(workflowId, { kind: 'cancel', reason });
    };
    const handle = await env.start(workflow, { input: play.input, workflowId });
    await toItsEnd(handle, async () => during(handle, env));
    // What is late may come when all is over.
    await env.advance(restMs);
    const wasCanceled = (await canceling) === true;
    const codes = await checkedCodes(env, [workflow, ...workflows], globals);
    const ofCode = await Promise.all(codes.map(codeViolations));
    const ofCancellation = wasCanceled ? await Promise.all(codes.slice(-1).map(swallowedCancellation)) : [];
    // Once is enough: it takes real time, and what goes wrong makes no difference to it.
    const isCalm = simulated.seed === undefined;
    const ofAwaits = isCalm && ofCode.every((found) => found.length === 0) ? await foreignAwaits(codes) : [];
    const loose = [...effects.inWorkflowCode].map(
      (what) => `effect "${what}" in workflow code: each replay has it again; do it in an activity or in ctx.run`,
    );
    const violations = [...[...ofCode, ofAwaits, ...ofCancellation].flat(), ...loose];
    return { end: endOf(codes.at(-1)?.history ?? []), effects, wasCanceled, advances, violations };
  });
}

/** However it ends: what came of it is in the history. A run that was canceled takes no more of what a test sends. */
async function toItsEnd(handle: TestHandle, during: () => Promise<void>): Promise<void> {
  try {
    await during();
    await handle.result();
  } catch (error) {
    const isOfRun = error instanceof RunNotOpenError || error instanceof RunSuspendedError || error instanceof NothingWillHappenError;
    if (!isOfRun && !(error instanceof Error && error.name === 'WorkflowFailedError')) throw error;
  }
}

/** The runs of a performance, those of the simulated workflow last and in their order. */
async function checkedCodes(
  env: TestEnvironment,
  workflows: readonly AnyWorkflowDefinition[],
  globals: UnsteadyGlobals,
): Promise<readonly CheckedCode[]> {
  const { eventLog } = env.simulation;
  const rows = await eventLog.reader.search({ namespace: 'default', orderBy: newestFirst, limit: Number.MAX_SAFE_INTEGER });
  const ours = rows.filter((row) => row.workflowId === workflowId).toReversed();
  const others = rows.filter((row) => row.workflowId !== workflowId);
  return Promise.all(
    [...others, ...ours].map(async ({ runId, workflow }) => ({
      runId,
      definition: workflows.find(({ name }) => name === workflow) as AnyWorkflowDefinition,
      history: await env.simulation.history(runId),
      beforeReplay: () => globals.shift(),
    })),
  );
}

/** How a run ended, in words that are the same for the same end. */
function endOf(history: readonly HistoryEvent[]): string {
  const last = history.at(-1);
  const status = last && closedStatusOf(last.type);
  if (!status) return 'it never ended';
  if (last.type === 'WorkflowFailed') return `${status} with ${last.data.failure.type}: ${last.data.failure.message}`;
  return last.payload === undefined ? status : `${status} with ${last.payload}`;
}
