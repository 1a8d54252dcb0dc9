import type { Payload } from '../../payload.js';
import type { PayloadReference } from '../../payload-reference.js';
import { PayloadMissingError, type PayloadStore } from '../../ports/payload-store.port.js';
import { referencesOfInput, releases } from '../../run/input-references.js';
import { OutOfLine, referencesOf } from '../../run/out-of-line.js';
import type { Run } from '../../run/run.js';
import type { RunInput } from '../../run/run-input.js';

interface Fed {
  readonly run: Run;
  readonly input: RunInput;
}

/** What the code of these runs will see of large payloads; nothing, as a rule. */
export function largeInputs(inputs: readonly Fed[]): ReadonlyMap<Run, readonly PayloadReference[]> | undefined {
  let large: Map<Run, PayloadReference[]> | undefined;
  for (const { run, input } of inputs) {
    const references = referencesFor(run, input);
    if (references.length === 0) continue;
    large ??= new Map();
    large.set(run, [...(large.get(run) ?? []), ...references]);
  }
  return large;
}

/** A release brings what came while the code was stopped. */
function referencesFor({ state, execution }: Run, input: RunInput): readonly PayloadReference[] {
  if (input.kind === 'start') return referencesOf(state.started);
  return execution && releases(input) ? state.deferred.flatMap(referencesOf) : referencesOfInput(input);
}

/** Puts what is referred to where the code of each run finds it. @throws PayloadMissingError when something is not there. */
export async function bringTexts(payloads: PayloadStore, large: ReadonlyMap<Run, readonly PayloadReference[]>): Promise<void> {
  const texts = await payloads.read([...new Set([...large.values()].flat())]);
  for (const [run, references] of large) {
    run.outOfLine ??= new OutOfLine((text) => payloads.referenceTo(text));
    run.outOfLine.put(new Map(references.map((reference) => [reference, found(texts, reference)])));
  }
}

function found(texts: ReadonlyMap<PayloadReference, Payload>, reference: PayloadReference): Payload {
  const text = texts.get(reference);
  if (text === undefined) throw new PayloadMissingError(reference);
  return text;
}
