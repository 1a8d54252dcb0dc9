import { describe, expect, it } from '@jest/globals';
import { runId, type ShardId, shardId } from '../../index.js';
import type { Delivery } from '../delivery.js';
import type { InternalInput } from './batch.js';
import { LaneInbox } from './lane-inbox.js';

const mebibyte = 1024 * 1024;
const delivery = (bytes = 1, shard: ShardId = shardId(1)): Delivery => ({ shard, message: {} as Delivery['message'], bytes, done() {} });
const internal = (shard: ShardId = shardId(1)): InternalInput => ({ runId: runId('r'), shard, input: { kind: 'recover' } });

function filled(deliveries: readonly Delivery[]) {
  const inbox = new LaneInbox();
  for (const one of deliveries) inbox.add(one);
  return inbox;
}

describe('LaneInbox', () => {
  it('gives a batch in the order of arrival', () => {
    const deliveries = [delivery(), delivery(), delivery()];
    const inbox = filled(deliveries);
    expect(inbox.take().deliveries).toEqual(deliveries);
    expect(inbox.isEmpty).toBe(true);
    expect(inbox.take().deliveries).toEqual([]);
  });

  it('bounds a batch by count and by bytes, and gives one that is larger than that by itself', () => {
    expect(filled(Array.from({ length: 1_500 }, () => delivery())).take().deliveries).toHaveLength(1_000);
    expect(filled([delivery(3 * mebibyte), delivery(mebibyte), delivery(1)]).take().deliveries).toHaveLength(2);
    expect(filled([delivery(5 * mebibyte), delivery(1)]).take().deliveries).toHaveLength(1);
  });

  it('is full above 10,000 messages or 32 MiB, and has room again at half', () => {
    const many = filled(Array.from({ length: 9_999 }, () => delivery()));
    expect(many.isFull).toBe(false);
    many.add(delivery());
    expect(many.isFull).toBe(true);
    for (let i = 0; i < 5; i++) {
      expect(many.hasRoom).toBe(false);
      many.take();
    }
    expect(many.hasRoom).toBe(true);

    const large = filled(Array.from({ length: 8 }, () => delivery(4 * mebibyte)));
    expect(large.isFull).toBe(true);
    for (let i = 0; i < 4; i++) large.take();
    expect(large.hasRoom).toBe(true);
  });

  it('puts back to the front, however much it is', () => {
    const [first, second] = [delivery(2), delivery(3)];
    const inbox = filled([second]);
    const internals = Array.from({ length: 200_000 }, () => internal());
    inbox.putBack({ deliveries: [first], internals });
    const taken = inbox.take();
    expect(taken.deliveries).toEqual([first, second]);
    expect(taken.internals).toHaveLength(200_000);
    expect(inbox.hasRoom).toBe(true);
  });

  it('drops what is of a shard that is lost, and counts it no longer', () => {
    const inbox = filled([delivery(32 * mebibyte, shardId(2)), delivery(1)]);
    inbox.addInternal(internal(shardId(2)));
    inbox.dropShard(shardId(2));
    expect(inbox.isFull).toBe(false);
    inbox.setAside({ deliveries: [delivery(1, shardId(2))], internals: [internal(shardId(2))] });
    inbox.dropShard(shardId(2));
    inbox.bringBack();
    expect(inbox.take()).toMatchObject({ deliveries: [{ bytes: 1 }], internals: [] });
  });

  it('gives one at a time, inputs first', () => {
    const [first, second] = [delivery(1), delivery(2)];
    const inbox = filled([first, second]);
    inbox.addInternal(internal());
    expect(inbox.takeOne()).toEqual({ deliveries: [], internals: [internal()] });
    expect(inbox.takeOne()).toEqual({ deliveries: [first], internals: [] });
    expect(inbox.takeOne()).toEqual({ deliveries: [second], internals: [] });
    expect(inbox.takeOne()).toEqual({ deliveries: [], internals: [] });
  });

  it('sets aside what then waits for nobody, but takes up room', () => {
    const inbox = filled([delivery(1)]);
    inbox.setAside({ deliveries: [delivery(32 * mebibyte)], internals: [internal()] });
    expect(inbox.take().deliveries).toHaveLength(1);
    expect([inbox.isEmpty, inbox.isFull]).toEqual([true, true]);
    inbox.bringBack();
    expect(inbox.take()).toMatchObject({ deliveries: [{ bytes: 32 * mebibyte }], internals: [internal()] });
    expect([inbox.isEmpty, inbox.isFull, inbox.hasRoom]).toEqual([true, false, true]);
  });
});
