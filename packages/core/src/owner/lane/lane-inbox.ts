import type { ShardId } from '../../ids.js';
import type { Delivery } from '../delivery.js';
import type { InternalInput } from './batch.js';

/** Above either, the stream's partitions are paused; they are resumed at half. */
const deliveriesMax = 10_000;
const bytesMax = 32 * 1024 * 1024;
/** What one batch takes at most: a commit must stay short, and its rows within a few megabytes. */
const batchDeliveriesMax = 1_000;
const batchBytesMax = 4 * 1024 * 1024;

export interface Items {
  readonly deliveries: readonly Delivery[];
  readonly internals: readonly InternalInput[];
}

/** What waits for the lane's next batch, and what was set aside for later. Both count towards its bounds. */
export class LaneInbox {
  private deliveries: Delivery[] = [];
  private internals: InternalInput[] = [];
  private aside: Items = { deliveries: [], internals: [] };
  private bytes = 0;

  add(delivery: Delivery): void {
    this.deliveries.push(delivery);
    this.bytes += delivery.bytes;
  }

  addInternal(input: InternalInput): void {
    this.internals.push(input);
  }

  /** Back to the front: they come before what arrived meanwhile. */
  putBack({ deliveries, internals }: Items): void {
    this.deliveries = [...deliveries, ...this.deliveries];
    this.internals = [...internals, ...this.internals];
    this.bytes += bytesOf(deliveries);
  }

  /** Keeps them until `bringBack`. */
  setAside({ deliveries, internals }: Items): void {
    this.aside = { deliveries: [...this.aside.deliveries, ...deliveries], internals: [...this.aside.internals, ...internals] };
    this.bytes += bytesOf(deliveries);
  }

  /** What was set aside waits for the next batch again. */
  bringBack(): void {
    const { aside } = this;
    this.aside = { deliveries: [], internals: [] };
    this.bytes -= bytesOf(aside.deliveries);
    this.putBack(aside);
  }

  /** All inputs, and as many messages as a batch may have. */
  take(): Items {
    const { internals } = this;
    this.internals = [];
    return { internals, deliveries: this.takeDeliveries(batchDeliveriesMax) };
  }

  takeOne(): Items {
    const internals = this.internals.splice(0, 1);
    return { internals, deliveries: internals.length > 0 ? [] : this.takeDeliveries(1) };
  }

  dropShard(shard: ShardId): void {
    const isKept = (item: { readonly shard: ShardId }) => item.shard !== shard;
    this.deliveries = this.deliveries.filter(isKept);
    this.internals = this.internals.filter(isKept);
    this.aside = { deliveries: this.aside.deliveries.filter(isKept), internals: this.aside.internals.filter(isKept) };
    this.bytes = bytesOf(this.deliveries) + bytesOf(this.aside.deliveries);
  }

  /** True when nothing waits for the next batch. */
  get isEmpty(): boolean {
    return this.deliveries.length === 0 && this.internals.length === 0;
  }

  get isFull(): boolean {
    return this.count >= deliveriesMax || this.bytes >= bytesMax;
  }

  get hasRoom(): boolean {
    return this.count <= deliveriesMax / 2 && this.bytes <= bytesMax / 2;
  }

  private get count(): number {
    return this.deliveries.length + this.aside.deliveries.length;
  }

  private takeDeliveries(countMax: number): readonly Delivery[] {
    let count = 0;
    let bytes = 0;
    for (const delivery of this.deliveries) {
      if (count === countMax || (count > 0 && bytes + delivery.bytes > batchBytesMax)) break;
      count++;
      bytes += delivery.bytes;
    }
    this.bytes -= bytes;
    return this.deliveries.splice(0, count);
  }
}

const bytesOf = (deliveries: readonly Delivery[]): number => deliveries.reduce((sum, { bytes }) => sum + bytes, 0);
