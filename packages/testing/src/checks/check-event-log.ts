import type { AnyWorkflowDefinition, OutboxEntry, RunId } from '@marathon/core';
import {
  type CheckedRun,
  hasWakeCause,
  isGapless,
  isWhole,
  neverGoesBackInTime,
  type Payloads,
  type RunCheck,
  recordsRequests,
  replays,
  takesUpdatesOnce,
  unconsumedSignals,
} from './check-run.js';
import { settlesOnce } from './settles-once.js';
import { waitsForLimits } from './waits-for-limits.js';

/** All that an event log holds, when nothing is under way any more. */
export interface CheckedEventLog {
  readonly runs: readonly CheckedRun[];
  /** The code of a run; none when it should not be replayed, as when another build recorded its history. */
  definitionOf(run: CheckedRun): AnyWorkflowDefinition | undefined;
  /** Present when histories may refer to payloads. */
  readonly payloads?: Payloads;
  /** Entries that nobody has published. */
  readonly outbox: readonly OutboxEntry[];
  /** Requests that no commit has taken. */
  readonly waitingRequests: readonly { readonly runId: RunId }[];
}

const runChecks: readonly RunCheck[] = [
  isGapless,
  neverGoesBackInTime,
  isWhole,
  recordsRequests,
  takesUpdatesOnce,
  settlesOnce,
  waitsForLimits,
];

/** Everything that is wrong with an event log, each as a sentence that begins with the run it is about. */
export async function violationsOf(log: CheckedEventLog): Promise<readonly string[]> {
  const violations: string[] = [];
  for (const run of log.runs) {
    const { runId } = run.row;
    const found = runChecks.flatMap((check) => check(run));
    const definition = log.definitionOf(run);
    if (definition && found.length === 0) {
      found.push(...(await replays(run, definition, log.payloads)), ...(await hasWakeCause(run, definition, log.payloads)));
      found.push(...(await handsOver(run, log, definition)));
    }
    violations.push(...found.map((what) => `${runId}: ${what}`));
  }
  for (const { id, runs } of log.outbox) violations.push(`${runs[0]?.runId}: outbox entry ${id} is left`);
  for (const { runId } of log.waitingRequests) violations.push(`${runId}: a request waits`);
  return violations;
}

/** A run that continued as new has a successor, which got the signals that were left. */
async function handsOver(
  run: CheckedRun,
  { runs, payloads }: CheckedEventLog,
  definition: AnyWorkflowDefinition,
): Promise<readonly string[]> {
  const last = run.history.at(-1);
  if (last?.type !== 'WorkflowContinuedAsNew') return [];
  const successor = runs.find(({ row }) => row.runId === last.data.newRunId)?.history[0];
  if (successor?.type !== 'WorkflowStarted') return [`its successor ${last.data.newRunId} does not exist`];
  const wrong: string[] = [];
  if (successor.data.continuedFrom !== run.row.runId) wrong.push(`its successor continues ${successor.data.continuedFrom}`);
  if (successor.payload !== last.payload) wrong.push('its successor has another input');
  const left = JSON.stringify(await unconsumedSignals(run, definition, payloads));
  const carried = JSON.stringify(successor.data.signals ?? []);
  if (left !== carried) wrong.push(`it left the signals ${left}, its successor got ${carried}`);
  return wrong;
}
