import type { OwnedShard, RunId, ShardId } from '../../ids.js';
import type { RunInput } from '../../run/run-input.js';
import type { Delivery } from '../delivery.js';
import { RunWork } from './run-work.js';

/** An input that did not come over the stream: a step's result, a violation, a recovery. */
export interface InternalInput {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly input: RunInput | { readonly kind: 'recover' } | { readonly kind: 'read-requests' } | BringIn;
}

/** What there was no room for in the batch before. */
interface BringIn {
  readonly kind: 'bring-in';
  readonly isWoken: boolean;
  readonly isRowDue: boolean;
}

/** The work of one round, by run, in the order in which it came. */
export class Batch {
  private readonly byRun = new Map<RunId, RunWork>();

  /** The work of this run in this batch, new when it has none yet. */
  of(runId: RunId, shard: OwnedShard): RunWork {
    const known = this.byRun.get(runId);
    if (known) return known;
    const work = new RunWork(runId, shard);
    this.byRun.set(runId, work);
    return work;
  }

  addInternal({ runId, input }: InternalInput, shard: OwnedShard): void {
    const work = this.of(runId, shard);
    if (input.kind === 'recover') work.isRecovered = true;
    else if (input.kind === 'read-requests') work.readsRequests = true;
    else if (input.kind === 'bring-in') {
      work.isWoken ||= input.isWoken;
      work.isRowDue ||= input.isRowDue;
    } else work.addInput(input);
  }

  addDelivery(delivery: Delivery, runId: RunId, shard: OwnedShard): RunWork {
    const work = this.of(runId, shard);
    work.deliveries.push(delivery);
    return work;
  }

  get works(): readonly RunWork[] {
    return [...this.byRun.values()];
  }

  get isEmpty(): boolean {
    return this.byRun.size === 0;
  }
}
