import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach } from '@jest/globals';
import type { OutgoingMessage, Stream, Subscription } from '@marathon/core';
import { Receiver, TailReceiver } from './receiver.js';
import type { StreamSetup, StreamWorld } from './world.js';

/** A world with a topic of its own. */
export interface StreamFixture {
  readonly world: StreamWorld;
  readonly stream: Stream;
  readonly topic: string;
  readonly group: string;
  readonly partitions: number;
  /** Publishes values to one partition of the topic, in one call. */
  publish(partition: number, ...values: readonly string[]): Promise<void>;
  /** Publishes to every partition of the topic the value that names it, after `prefix`, and gives the values. */
  publishToAll(prefix: string): Promise<readonly string[]>;
  /** Starts a member of the group, which is stopped when the test ends. */
  join(subscription?: Partial<Pick<Subscription, 'group' | 'topics'>>, prepare?: () => Promise<void>): Promise<Receiver>;
  /** The same, and waits until the group has given it every partition. */
  joinAlone(subscription?: Partial<Pick<Subscription, 'group' | 'topics'>>): Promise<Receiver>;
  /** Starts a tail of the topic, which is stopped when the test ends. */
  tail(partition?: number): Promise<TailReceiver>;
}

/** Opens a fixture before each test and closes it after. */
export function useFixture(setup: StreamSetup): () => StreamFixture {
  let fixture: StreamFixture | undefined;
  let stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    stops = [];
    fixture = await openFixture(await setup(), stops);
  });
  afterEach(async () => {
    for (const stop of stops.toReversed()) await stop();
    await fixture?.world.close();
    fixture = undefined;
  });
  return () => {
    if (!fixture) throw new Error('the fixture exists within a test only');
    return fixture;
  };
}

export const newName = (what: string): string => `conformance.${what}.${randomUUID()}`;

export const message = (topic: string, value: string, partition?: number): OutgoingMessage => ({
  topic,
  key: value,
  value,
  ...(partition === undefined ? {} : { partition }),
});

async function openFixture(world: StreamWorld, stops: (() => Promise<void>)[]): Promise<StreamFixture> {
  const { stream } = world;
  const [topic, group] = [newName('topic'), newName('group')];
  const partitions = await stream.partitionsOf(topic);

  const join: StreamFixture['join'] = async (subscription, prepare) => {
    const receiver = new Receiver(stream, { group, topics: [topic], ...subscription }, prepare);
    stops.push(() => receiver.consumer.stop());
    await receiver.consumer.start();
    return receiver;
  };
  return {
    world,
    stream,
    topic,
    group,
    partitions,
    publish: (partition, ...values) => stream.publish(values.map((value) => message(topic, value, partition))),
    publishToAll: async (prefix) => {
      const values = Array.from({ length: partitions }, (_, partition) => `${prefix}-${partition}`);
      await stream.publish(values.map((value, partition) => message(topic, value, partition)));
      return values;
    },
    join,
    joinAlone: async (subscription) => {
      const receiver = await join(subscription);
      await receiver.untilAssigned((assigned) => assigned.length === partitions);
      return receiver;
    },
    tail: async (partition) => {
      const receiver = new TailReceiver(stream, topic, partition);
      stops.push(() => receiver.tail.stop());
      await receiver.tail.start();
      return receiver;
    },
  };
}
