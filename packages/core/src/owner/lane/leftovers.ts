import type { InternalInput } from './batch.js';
import type { Items } from './lane-inbox.js';
import type { RunWork } from './run-work.js';

/**
 * What a batch could not do for some of its runs, in their order. It goes to the next batch when this one is through; one that fails brings
 * all of its own again anyway.
 */
export class Leftovers {
  private works: Items[] = [];
  /** True when one of them is to be recovered. */
  private recovers = false;

  /** The run is brought the same once more: what it has taken by then is dropped as old. */
  add(work: RunWork): void {
    const { runId, run, readsRequests, isRecovered, isWoken, isRowDue } = work;
    // The run may have to be read again, and be gone from memory before time looks at it by itself.
    const inputs: InternalInput['input'][] = [...work.internals, { kind: 'bring-in', isWoken, isRowDue }];
    // For a run that has not been brought in, no rows were read.
    if (run || readsRequests) inputs.push({ kind: 'read-requests' });
    if (isRecovered) inputs.push({ kind: 'recover' });
    this.recovers ||= isRecovered;
    this.works.push({ deliveries: [...work.deliveries], internals: inputs.map((input) => ({ runId, shard: work.shard.id, input })) });
    work.clear();
  }

  /** Nothing when there is nothing. */
  take(): (Items & { readonly recovers: boolean }) | undefined {
    const { works, recovers } = this;
    this.drop();
    if (works.length === 0) return undefined;
    return { deliveries: works.flatMap((work) => work.deliveries), internals: works.flatMap((work) => work.internals), recovers };
  }

  drop(): void {
    this.works = [];
    this.recovers = false;
  }
}
