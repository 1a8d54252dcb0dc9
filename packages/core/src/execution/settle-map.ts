import type { Failure } from '../failure.js';
import type { TypedEvent } from '../history/event.js';
import { decodePayload, encodePayload } from '../payload.js';
import { caughtFailure } from './caught-failure.js';
import type { MapOutcome } from './context/map-context.js';
import { misfitOf } from './definition/contract.js';
import { MapItemFailedError } from './errors.js';
import type { Wait } from './wait.js';

/** Ends the code's wait for a map that is through. */
export function settleMap(wait: Wait | undefined, { data, payload }: TypedEvent<'MapCompleted'>): void {
  if (!wait) return;
  const outcomes = decodePayload(payload) as readonly unknown[];
  if (!data.isUnchecked || !wait.schema) return wait.resolve(outcomes);
  if (wait.settles) return wait.resolve((outcomes as readonly MapOutcome<unknown>[]).map((outcome) => checkedOutcome(wait, outcome)));
  for (const [index, value] of outcomes.entries()) {
    const failure = misfitOfResult(wait, value);
    // Which attempt brought it is not recorded.
    if (failure) return wait.reject(new MapItemFailedError(wait.label, index, 1, caughtFailure(failure)));
  }
  wait.resolve(outcomes);
}

function checkedOutcome(wait: Wait, outcome: MapOutcome<unknown>): MapOutcome<unknown> {
  const failure = outcome.ok ? misfitOfResult(wait, outcome.value) : undefined;
  return failure ? { ok: false, failure: caughtFailure(failure) } : outcome;
}

/** No result stands as null among the outcomes. */
function misfitOfResult({ schema, label }: Wait, value: unknown): Failure | undefined {
  const what = `the result of activity "${label}"`;
  const failure = misfitOf(schema, encodePayload(value, what), what);
  return failure && value === null ? misfitOf(schema, undefined, what) && failure : failure;
}
