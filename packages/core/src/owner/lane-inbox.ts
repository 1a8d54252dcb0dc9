import type { ShardId } from '../ids.js';
import type { InternalInput } from './batch.js';
import type { Delivery } from './delivery.js';

/** Above either, the stream's partitions are paused; they are resumed at half. */
const deliveriesMax = 10_000;
const bytesMax = 32 * 1024 * 1024;
/** What one batch takes at most: a commit must stay short, and its rows within a few megabytes. */
const batchDeliveriesMax = 1_000;
const batchBytesMax = 4 * 1024 * 1024;

/** What waits for the lane's next batch. */
export class LaneInbox {
  private deliveries: Delivery[] = [];
  private internals: InternalInput[] = [];
  private bytes = 0;

  add(delivery: Delivery): void {
    this.deliveries.push(delivery);
    this.bytes += delivery.bytes;
  }

  addInternal(input: InternalInput): void {
    this.internals.push(input);
  }

  /** Back to the front: they come before what arrived meanwhile. */
  putBack(deliveries: readonly Delivery[], internals: readonly InternalInput[]): void {
    this.deliveries = [...deliveries, ...this.deliveries];
    this.internals = [...internals, ...this.internals];
    for (const { bytes } of deliveries) this.bytes += bytes;
  }

  takeInternals(): readonly InternalInput[] {
    const taken = this.internals;
    this.internals = [];
    return taken;
  }

  takeDeliveries(): readonly Delivery[] {
    let count = 0;
    let bytes = 0;
    for (const delivery of this.deliveries) {
      if (count > 0 && (count === batchDeliveriesMax || bytes + delivery.bytes > batchBytesMax)) break;
      count++;
      bytes += delivery.bytes;
    }
    this.bytes -= bytes;
    return this.deliveries.splice(0, count);
  }

  dropShard(shard: ShardId): void {
    this.deliveries = this.deliveries.filter((delivery) => delivery.shard !== shard);
    this.internals = this.internals.filter((internal) => internal.shard !== shard);
    this.bytes = this.deliveries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get isEmpty(): boolean {
    return this.deliveries.length === 0 && this.internals.length === 0;
  }

  get isFull(): boolean {
    return this.deliveries.length >= deliveriesMax || this.bytes >= bytesMax;
  }

  get hasRoom(): boolean {
    return this.deliveries.length <= deliveriesMax / 2 && this.bytes <= bytesMax / 2;
  }
}
