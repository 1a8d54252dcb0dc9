import type { TypedEvent } from '../history/event.js';
import type { RunId } from '../ids.js';
import { limitsIn } from '../limits/limit-options.js';
import { runPlace } from '../limits/places.js';
import type { Payload } from '../payload.js';
import type { RunState } from './run-state.js';

type Signals = TypedEvent<'WorkflowStarted'>['data']['signals'];

/** The first event of the run that goes on for this one: with its labels, what it had received and not consumed, and its place under limits. */
export function successorStart(
  runId: RunId,
  { started, labels, places }: RunState,
  next: { readonly input?: Payload; readonly signals: NonNullable<Signals>; readonly at: number },
): TypedEvent<'WorkflowStarted'> {
  const { startDelayMs: _, signals: __, hasPlace: ___, ...inherited } = started.data;
  const { memo, searchAttributes } = labels;
  const { input, signals, at } = next;
  const place = places?.bySeq.get(runPlace);
  return {
    seq: 1,
    type: 'WorkflowStarted',
    at,
    data: {
      ...inherited,
      continuedFrom: runId,
      firstRunId: inherited.firstRunId ?? runId,
      ...(memo && { memo }),
      ...(searchAttributes && { searchAttributes }),
      ...(signals.length > 0 && { signals }),
      ...(place && { ...limitsIn(place.options), hasPlace: true }),
    },
    ...(input !== undefined && { payload: input }),
  };
}
