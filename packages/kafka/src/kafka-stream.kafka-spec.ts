import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { type OutgoingMessage, StreamPublishError } from '@marathon/core';
import { activityTopic, eventsTopic, workflowTopic } from '@marathon/protocol';
import kafkajs, { type Admin } from 'kafkajs';
import { eventually, Member, newName } from '../test/member.js';
import { committed, plainClient } from '../test/open-admin.js';
import { openStream } from '../test/open-stream.js';
import { useBroker } from '../test/use-broker.js';
import type { KafkaStream } from './kafka-stream.js';

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
  jest.restoreAllMocks();
  await admin.disconnect();
  await stream.stop();
});

const text = (value: string, partition = 0) => ({ topic, partition, key: 'k', value });

it('finds the messages that a topic of others refuses, and sends the rest of all calls', async () => {
  await createTopic('2000');
  const member = await Member.join(stream, topic);
  const large = text('x'.repeat(5_000));

  const calls = await Promise.allSettled([
    stream.publish([text('one')]),
    stream.publish([text('two'), large, text('three')]),
    stream.publish([text('four')]),
  ]);

  await member.untilReceived(['one', 'two', 'three', 'four']);
  expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const { reason } = calls[1] as PromiseRejectedResult;
  expect(reason).toBeInstanceOf(StreamPublishError);
  expect((reason as StreamPublishError).tooLarge).toEqual([large]);
});

it('splits what goes to one partition, so that no record batch is refused', async () => {
  await createTopic('1000000');
  const member = await Member.join(stream, topic);
  const values = Array.from({ length: 12 }, (_, i) => `${i}-`.padEnd(300_000, 'x'));

  await stream.publish(values.map((value) => text(value)));

  await member.untilReceived(values);
});

it('refuses a partition that the topic does not have', async () => {
  await expect(stream.publish([text('nowhere', 4)])).rejects.toThrow(RangeError);
});

it('holds a partition when its finished set is as large as a commit may carry, until gaps have closed', async () => {
  const member = await Member.join(stream, topic);
  await member.untilAssigned(4);
  const values = Array.from({ length: 4_000 }, (_, i) => `value-${i}`);
  await stream.publish(values.map((value) => text(value)));
  await eventually(() => member.received.length === values.length);

  member.finish(({ offset }) => Number(offset) % 2 === 1);
  await eventually(async () => ((await committed(admin, topic, topic)).get(0)?.metadata.length ?? 0) > 3_072);
  await stream.publish([text('held back')]);
  for (const witness of ['one', 'two', 'three']) {
    await stream.publish([text(witness, 1)]);
    await member.untilReceived([witness]);
  }
  expect(member.values).not.toContain('held back');

  member.finish();
  await member.untilReceived(['held back']);
  await eventually(async () => (await committed(admin, topic, topic)).get(0)?.offset === values.length);
});

it('makes a consumer anew that has failed for good, and creates its topic again', async () => {
  const member = await Member.join(stream, topic);
  await member.untilAssigned(4);
  await stream.publish([text('before')]);
  await member.untilReceived(['before']);

  await admin.deleteTopics({ topics: [topic] });

  await eventually(() => member.revocations > 0);
  await member.untilAssigned(4);
  await publishAgain(text('after'));
  await member.untilReceived(['after']);
  await eventually(() => stream.isUsable());
});

it('begins a topic anew that was deleted, where the next one reaches as far as it had come in the one before', async () => {
  const member = await Member.join(stream, topic);
  await member.untilAssigned(4);
  await stream.publish([text('before')]);
  await member.untilReceived(['before']);
  member.finish();
  await eventually(async () => (await committed(admin, topic, topic)).get(0)?.offset === 1);

  await admin.deleteTopics({ topics: [topic] });

  await publishAgain(text('after'));
  await member.untilReceived(['after']);
});

it('leaves no group behind of a tail', async () => {
  const before = await admin.listGroups();
  const tail = stream.tail({ topic, onMessages: () => {} });
  await tail.start();
  expect(await admin.listGroups()).toEqual(before);
  await tail.stop();
});

it('keeps work until it is finished, and hints for an hour', async () => {
  const queue = newName('queue');
  const [work, tasks] = [workflowTopic(queue), activityTopic(queue)];
  for (const name of [work, tasks, eventsTopic]) await stream.partitionsOf(name);

  expect(await settingsOf(work)).toEqual({ 'max.message.bytes': '4194304', 'retention.ms': '-1' });
  expect(await settingsOf(tasks)).toEqual({ 'max.message.bytes': '4194304', 'retention.ms': '-1' });
  expect(await settingsOf(eventsTopic)).toEqual({ 'max.message.bytes': '4194304', 'retention.ms': '3600000' });
});

it('deletes what the group has finished of its work, and only there', async () => {
  const aMinutePasses = minutes();
  const work = workflowTopic(newName('queue'));
  for (const name of [work, topic]) await finishThreeOfFive(name);

  aMinutePasses();

  await eventually(async () => (await lowestOf(work)) === '3');
  expect(await lowestOf(topic)).toBe('0');
});

it('creates topics again, and begins them anew, that were deleted after it had deleted what was finished of them', async () => {
  const aMinutePasses = minutes();
  const [work, other] = [workflowTopic(newName('queue')), workflowTopic(newName('queue'))];
  const member = await finishThreeOfFive(work);
  await finishThreeOfFive(other);
  aMinutePasses();
  for (const name of [work, other]) await eventually(async () => (await lowestOf(name)) === '3');

  await admin.deleteTopics({ topics: [work, other] });

  await publishAgain({ topic: work, partition: 0, key: 'k', value: 'again' });
  await member.untilReceived(['again']);
});

/** Until the stream takes it. */
function publishAgain(message: OutgoingMessage): Promise<void> {
  return eventually(() =>
    stream.publish([message]).then(
      () => true,
      () => false,
    ),
  );
}

/** Gives what makes a minute pass for the consumers that are made from here on. */
function minutes(): () => void {
  const { mock } = jest.spyOn(globalThis, 'setInterval');
  return () => {
    for (const [action, ms] of mock.calls) if (ms === 60_000) action();
  };
}

async function finishThreeOfFive(name: string): Promise<Member> {
  const member = await Member.join(stream, name);
  await member.untilAssigned(4);
  await stream.publish(Array.from({ length: 5 }, (_, i) => ({ topic: name, partition: 0, key: 'k', value: `${i}` })));
  await member.untilReceived(['4']);
  member.finish(({ offset }) => Number(offset) < 3);
  await eventually(async () => (await committed(admin, name, name)).get(0)?.offset === 3);
  return member;
}

async function createTopic(maxMessageBytes: string): Promise<void> {
  const configEntries = [{ name: 'max.message.bytes', value: maxMessageBytes }];
  await admin.createTopics({ topics: [{ topic, numPartitions: 4, configEntries }] });
}

async function settingsOf(name: string): Promise<Record<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: ['max.message.bytes', 'retention.ms'] }],
  });
  return Object.fromEntries(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? []);
}

async function lowestOf(name: string): Promise<string | undefined> {
  return (await admin.fetchTopicOffsets(name)).find(({ partition }) => partition === 0)?.low;
}
