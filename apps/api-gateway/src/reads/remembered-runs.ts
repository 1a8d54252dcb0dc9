import { BoundedCache } from '../contracts/bounded-cache.js';

const charsMax = 8 * 1_024 * 1_024;
/** Of what is remembered, about. */
const factChars = 200;

/** A run as it is addressed: the latest of the workflow id, or one of its runs. */
export interface AddressedRun {
  readonly workflowId: string;
  readonly runId: string | undefined;
}

/** What was seen last of runs, by how they were addressed: the address may mean another run by now. Up to 8 Mi characters. */
export class RememberedRuns<Fact> {
  private readonly facts = new BoundedCache<Fact>(charsMax);

  get(address: AddressedRun): Fact | undefined {
    return this.facts.get(keyOf(address));
  }

  set(address: AddressedRun, fact: Fact): void {
    const key = keyOf(address);
    this.facts.set(key, fact, key.length + factChars);
  }
}

const keyOf = ({ workflowId, runId = '' }: AddressedRun): string => `${runId} ${workflowId}`;
