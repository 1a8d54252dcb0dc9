import { afterEach, beforeEach, expect, it } from '@jest/globals';
import kafkajs, { type Admin } from 'kafkajs';
import { eventually, Member, newName } from '../../test/member.js';
import { committed, plainClient } from '../../test/open-admin.js';
import { openStream } from '../../test/open-stream.js';
import { useBroker } from '../../test/use-broker.js';
import type { KafkaStream } from '../kafka-stream.js';

const brokers = useBroker();
let stream: KafkaStream;
let admin: Admin;
let topic: string;

beforeEach(async () => {
  topic = newName('topic');
  stream = await openStream(brokers());
  admin = plainClient(brokers()).admin();
  await admin.connect();
});
afterEach(async () => {
  await admin.disconnect();
  await stream.stop();
});

/** To each of the four partitions, so many. */
async function publish(prefix: string, each: number): Promise<readonly string[]> {
  const messages = Array.from({ length: each * 4 }, (_, i) => ({ topic, partition: i % 4, key: 'k', value: `${prefix}-${i}` }));
  await stream.publish(messages);
  return messages.map(({ value }) => value);
}

it('delivers nothing of a partition twice to who keeps it while others come and go', async () => {
  const first = await Member.join(stream, topic);
  await first.untilAssigned(4);
  const kept = new Set([0, 1, 2, 3]);
  const values = [...(await publish('alone', 50))];
  await first.untilReceived(values);

  const second = await Member.join(stream, topic);
  await second.untilAssigned(2);
  for (const partition of second.assigned) kept.delete(partition);
  values.push(...(await publish('two', 50)));
  const third = await Member.join(stream, topic);
  await eventually(() => first.assigned.size + second.assigned.size + third.assigned.size === 4 && third.assigned.size === 1);
  for (const partition of third.assigned) kept.delete(partition);
  values.push(...(await publish('three', 50)));
  await second.consumer.stop();
  await third.consumer.stop();
  await first.untilAssigned(4);
  values.push(...(await publish('alone again', 50)));

  await first.untilReceived(values);
  expect(kept.size).toBeGreaterThan(0);
  const places = first.received.filter(({ partition }) => kept.has(partition)).map(({ partition, offset }) => `${partition} ${offset}`);
  expect(new Set(places).size).toBe(places.length);
});

it('leaves to each what it has, and moves the fewest', async () => {
  const first = await Member.join(stream, topic);
  await first.untilAssigned(4);
  const second = await Member.join(stream, topic);
  await second.untilAssigned(2);
  await first.untilAssigned(2);
  const before = [[...first.assigned], [...second.assigned]];

  const third = await Member.join(stream, topic);
  await third.untilAssigned(1);
  await third.consumer.stop();
  await eventually(() => first.assigned.size + second.assigned.size === 4);

  for (const [i, member] of [first, second].entries()) expect([...member.assigned]).toEqual(expect.arrayContaining(before[i] as number[]));
});

it('does not run again what is finished above the unfinished, when the partition moves', async () => {
  const first = await Member.join(stream, topic);
  await first.untilAssigned(4);
  const values = await publish('task', 25);
  await first.untilReceived(values);
  first.finish(({ offset }) => Number(offset) % 5 !== 2);

  const second = await Member.join(stream, topic);
  await second.untilAssigned(2);
  const unfinished = first.received.filter(({ partition, offset }) => second.assigned.has(partition) && Number(offset) % 5 === 2);
  await second.untilReceived(unfinished.map(({ value }) => value));
  const news = (await publish('new', 1)).filter((_, partition) => second.assigned.has(partition));
  await second.untilReceived(news);

  expect(second.values.toSorted()).toEqual([...unfinished.map(({ value }) => value), ...news].toSorted());
  expect(second.received.filter(({ redelivered }) => redelivered)).toHaveLength(unfinished.length);
});

it('commits nothing for a partition that is another’s', async () => {
  const first = await Member.join(stream, topic);
  await first.untilAssigned(4);
  await first.untilReceived(await publish('task', 1));
  const second = await Member.join(stream, topic);
  await second.untilAssigned(2);
  await first.untilAssigned(2);

  first.finish();

  await eventually(async () => {
    const offsets = await committed(admin, topic, topic);
    return [...first.assigned].every((partition) => offsets.get(partition)?.offset === 1);
  });
  const offsets = await committed(admin, topic, topic);
  expect([...second.assigned].map((partition) => offsets.get(partition)?.offset)).toEqual([0, 0]);
});

it('gives up everything and gains it anew when the group had given it away', async () => {
  const member = await Member.join(stream, topic);
  await member.untilAssigned(4);
  const values = await publish('task', 1);
  await member.untilReceived(values);
  const { groups } = await admin.describeGroups([topic]);

  await leave(topic, groups[0]?.members[0]?.memberId as string);

  await eventually(() => member.revocations === 1 && member.assigned.size === 4);
  await eventually(() => member.received.length === values.length * 2);
  expect(member.received.slice(values.length).every(({ redelivered }) => redelivered)).toBe(true);
});

it.each(['first', 'last'])('shares a group with consumers of other clients that speak range, who come %s', async (when) => {
  const other = plainConsumer(topic);
  await stream.partitionsOf(topic);
  const ours = when === 'last' ? await Member.join(stream, topic) : undefined;
  await ours?.untilAssigned(4);
  await other.start();
  if (!ours) await eventually(() => other.assigned === 4);
  const member = ours ?? (await Member.join(stream, topic));

  await eventually(() => member.assigned.size === 2 && other.assigned === 2);
  const values = await publish('shared', 3);
  await eventually(() => values.every((value) => other.values.includes(value) || member.values.includes(value)));

  await other.stop();
  await member.untilAssigned(4);
});

/** A consumer of kafkajs alone, whose assigner goes by the name of Java's and keeps no user data. */
function plainConsumer(group: string) {
  const roundRobin = kafkajs.PartitionAssigners.roundRobin;
  const consumer = plainClient(brokers()).consumer({
    groupId: group,
    sessionTimeout: 6_000,
    heartbeatInterval: 200,
    maxWaitTimeInMs: 100,
    partitionAssigners: [
      (config) => {
        const assigner = roundRobin(config);
        return { ...assigner, name: 'range', protocol: (subscription) => ({ ...assigner.protocol(subscription), name: 'range' }) };
      },
    ],
  });
  const state = {
    assigned: 0,
    values: [] as string[],
    start: async () => {
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        state.assigned = payload.memberAssignment[topic]?.length ?? 0;
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => void state.values.push(message.value?.toString() ?? '') });
    },
    stop: () => consumer.disconnect(),
  };
  return state;
}

/** As the broker does with a member that it has not heard of for a session. */
async function leave(group: string, memberId: string): Promise<void> {
  const { GroupSession } = await import('./group-session.js');
  const session = new GroupSession(group, { onFetched() {}, onLogGone() {} });
  plainClient(brokers()).consumer({
    groupId: 'none',
    partitionAssigners: [
      (config) => {
        session.watch(config.cluster);
        return kafkajs.PartitionAssigners.roundRobin(config);
      },
    ],
  });
  await session.cluster.connect();
  await session.dismiss(memberId);
  await session.cluster.disconnect();
}
