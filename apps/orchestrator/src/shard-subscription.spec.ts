import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type DeadLetterMessage,
  DeadLetters,
  type Delivery,
  type IncomingMessage,
  runId,
  type Shard,
  type ShardMessage,
  type Stream,
  type Subscription,
  shardId,
  type TopicPartition,
} from '@marathon/core';
import { ManualClock } from '@marathon/memory';
import { encodeMessage, workflowTopic } from '@marathon/protocol';
import { Logger } from '@nestjs/common';
import { ShardSubscription } from './shard-subscription.js';

const topic = workflowTopic('default');
const places = (...partitions: number[]): TopicPartition[] => partitions.map((partition) => ({ topic, partition }));
const shard = (partition: number): Shard => ({ id: shardId(partition + 100), taskQueue: 'default', partition });
Logger.overrideLogger(false);
const silent = { info() {}, warn() {}, error() {} };
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** A subscription with the group's side in the test's hands. */
class Group {
  readonly clock = new ManualClock();
  readonly gains: number[][] = [];
  readonly lost: number[][] = [];
  readonly deliveries: Delivery[] = [];
  readonly done: IncomingMessage[] = [];
  readonly paused = new Set<number>();
  isFresh = true;
  hasRoom = true;
  readonly letters: DeadLetterMessage[] = [];
  publish = async (letters: readonly DeadLetterMessage[]) => {
    this.letters.push(...letters);
    return { tooLarge: [] as DeadLetterMessage[] };
  };
  beforeGain: () => Promise<void> = async () => {};
  readonly subscription: ShardSubscription;
  #subscriber: Subscription | undefined;
  #offset = 0;

  constructor() {
    const consumer = {
      start: async () => {},
      stop: async () => {},
      done: (messages: readonly IncomingMessage[]) => void this.done.push(...messages),
      pause: (partitions: readonly TopicPartition[]) => partitions.forEach(({ partition }) => void this.paused.add(partition)),
      resume: (partitions: readonly TopicPartition[]) => partitions.forEach(({ partition }) => void this.paused.delete(partition)),
      caughtUpTo: () => 0,
      sessionIsFresh: () => this.isFresh,
    };
    const subscribe = (subscription: Subscription) => {
      this.#subscriber = subscription;
      return consumer;
    };
    this.subscription = new ShardSubscription('default', [shard(0), shard(1)], {
      stream: { subscribe } as unknown as Stream,
      clock: this.clock,
      owner: {
        accept: (delivery) => this.deliveries.push(delivery) > 0 && this.hasRoom,
        lose: (shards) => void (shards.length > 0 && this.lost.push(shards.map(({ partition }) => partition))),
      },
      deadLetters: new DeadLetters({ publish: (letters) => this.publish(letters as DeadLetterMessage[]) }, this.clock, silent),
      gain: async (shards) => {
        await this.beforeGain();
        this.gains.push(shards.map(({ partition }) => partition));
      },
      findShards: async (partitionsMin) => Array.from({ length: partitionsMin }, (_, partition) => shard(partition)),
    });
  }

  get subscriber(): Subscription {
    return this.#subscriber as Subscription;
  }

  send(partition: number, redelivered = false): IncomingMessage {
    const message: ShardMessage = {
      kind: 'activity-finished',
      to: { taskQueue: 'default', partition },
      runId: runId('00000000-0000-7000-8000-000000000001'),
      activitySeq: 2,
      attempt: 1,
      outcome: 'completed',
    };
    const { key, value } = encodeMessage(message);
    return this.sendText(partition, key, value, redelivered);
  }

  sendText(partition: number, key: string, value: string, redelivered = false): IncomingMessage {
    const headers = { trace: 't' };
    const incoming = { topic, partition, offset: String(this.#offset++), key, value, headers, timestampMs: 7, redelivered };
    this.subscriber.onMessages([incoming]);
    return incoming;
  }
}

let group: Group;
beforeEach(() => {
  group = new Group();
});

describe('partitions that come', () => {
  it('are gained before their messages, those too that the topic did not have at the start', async () => {
    await group.subscriber.onAssigned(places(1, 4));
    expect(group.gains).toEqual([[1, 4]]);
    group.send(4);
    expect(group.deliveries.map(({ shard: id }) => id)).toEqual([shard(4).id]);
    expect(group.done).toEqual([]);
  });

  it('are let go of again when they went while they were being gained', async () => {
    group.beforeGain = () => group.subscriber.onRevoked(places(0));
    await group.subscriber.onAssigned(places(0, 1));
    expect(group.lost).toEqual([[0], [0]]);
  });

  it('bring messages that say whether somebody may have begun with them', async () => {
    await group.subscriber.onAssigned(places(0));
    group.send(0);
    group.send(0, true);
    expect(group.deliveries.map(({ redelivered }) => redelivered)).toEqual([false, true]);
  });
});

describe('a shard whose epoch another process has raised', () => {
  beforeEach(async () => {
    await group.subscriber.onAssigned(places(0, 1));
    group.gains.length = 0;
  });

  it('is not gained again when the group gives it to another', async () => {
    group.subscription.onShardLost(shard(0));
    await group.subscriber.onRevoked(places(0));
    group.clock.advanceBy(60_000);
    await tick();
    expect(group.gains).toEqual([]);
  });

  it('is not gained by a process that the group has not heard of: one that was stopped and wakes up', async () => {
    group.isFresh = false;
    group.subscription.onShardLost(shard(0));
    for (let i = 0; i < 10; i++) {
      group.clock.advanceBy(1_000);
      await tick();
    }
    expect(group.gains).toEqual([]);
    expect([...group.paused]).toEqual([0]);
    await group.subscriber.onRevoked(places(0));
    group.isFresh = true;
    group.clock.advanceBy(60_000);
    await tick();
    expect(group.gains).toEqual([]);
  });

  it('is gained again when it is taken once more while it is being gained', async () => {
    const unfinished = group.send(0);
    group.deliveries.length = 0;
    group.beforeGain = async () => {
      group.beforeGain = async () => {};
      group.subscription.onShardLost(shard(0));
    };
    group.subscription.onShardLost(shard(0));
    group.clock.advanceBy(1_000);
    await tick();
    expect([group.gains, [...group.paused], group.deliveries]).toEqual([[[0]], [0], []]);

    group.clock.advanceBy(1_000);
    await tick();
    expect([group.gains, [...group.paused]]).toEqual([[[0], [0]], []]);
    for (const delivery of group.deliveries) delivery.done();
    await tick();
    expect(group.done.map(({ offset }) => offset)).toEqual([unfinished.offset]);
  });

  it('is gained again when it is still ours, with everything that was unfinished', async () => {
    const [unfinished, finished] = [group.send(0), group.send(0)];
    group.send(1);
    group.deliveries[1]?.done();
    await tick();
    expect(group.done).toEqual([finished]);
    group.subscription.onShardLost(shard(0));
    group.subscription.resume();
    expect([...group.paused]).toEqual([0]);
    const meanwhile = group.send(0);
    group.deliveries.length = 0;

    group.clock.advanceBy(1_000);
    await tick();
    expect(group.gains).toEqual([[0]]);
    expect([...group.paused]).toEqual([]);
    expect(group.deliveries.map(({ shard: id, redelivered }) => [id, redelivered])).toEqual([
      [shard(0).id, true],
      [shard(0).id, true],
    ]);
    for (const delivery of group.deliveries) delivery.done();
    await tick();
    expect(group.done.map(({ offset }) => offset)).toEqual([finished.offset, unfinished.offset, meanwhile.offset]);
  });
});

describe('a message that cannot be read', () => {
  beforeEach(() => group.subscriber.onAssigned(places(0, 1)));

  it('is done when its dead letter is published, and its partition goes on meanwhile', async () => {
    const taken = Promise.withResolvers<void>();
    const { publish } = group;
    group.publish = async (letters) => {
      await taken.promise;
      return publish(letters);
    };
    const unreadable = group.sendText(0, 'k', '{');
    const next = group.send(0);
    group.deliveries[0]?.done();
    await tick();
    expect(group.done).toEqual([next]);

    taken.resolve();
    await tick();
    expect(group.done).toEqual([next, unreadable]);
    const { topic: at, partition, offset, timestampMs, key, headers, value } = unreadable;
    expect(group.letters).toEqual([
      {
        kind: 'dead-letter',
        reason: 'malformed',
        explanation: 'the message is not JSON',
        found: { topic: at, partition, offset, timestampMs, key, headers, value },
      },
    ]);
  });

  it('is named by what is wrong with it', async () => {
    const finished = { type: 'activity-finished', v: 2 };
    const closed = { type: 'run-closed', v: 1, correlationId: 'c', runId: '00000000-0000-7000-8000-000000000001', status: 'Completed' };
    for (const value of [finished, closed, { type: 'x', v: 1 }, { ...finished, v: 1 }]) group.sendText(1, 'k', JSON.stringify(value));
    await tick();
    expect(group.letters.map(({ reason }) => reason)).toEqual(['unknown-version', 'misplaced', 'unknown-type', 'malformed']);
    expect(group.letters[0]?.explanation).toBe('activity-finished v2 is not known to this build (v1)');
    expect(group.letters[3]?.explanation).toContain('; outcome: ');
    expect(group.deliveries).toEqual([]);
    expect(group.done).toHaveLength(4);
  });
});

it('pauses a partition whose owner has no room, until it has', async () => {
  await group.subscriber.onAssigned(places(0, 1));
  group.hasRoom = false;
  group.send(1);
  expect([...group.paused]).toEqual([1]);
  group.subscription.resume();
  expect([...group.paused]).toEqual([]);
});
