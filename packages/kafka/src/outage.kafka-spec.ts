import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type Log, type Service, StreamPublishError } from '@marathon/core';
import { eventually, Member, newName } from '../test/member.js';
import { openStream, silentLog } from '../test/open-stream.js';
import { KafkaStream } from './kafka-stream.js';
import { LocalBroker } from './local-broker/local-broker.js';

let directory: string;
let dataDirectory: string;
let broker: LocalBroker;
let logged: string[];
let started: Service[];
const log: Log = {
  info: (message) => logged.push(message),
  warn: (message) => logged.push(message),
  error: (message) => logged.push(message),
};

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'marathon-outage-'));
  dataDirectory = path.join(directory, 'broker');
  broker = new LocalBroker({ dataDirectory, log: silentLog });
  await broker.start();
}, 180_000);
afterAll(async () => {
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  [logged, started] = [[], []];
  await broker.start();
}, 180_000);
afterEach(async () => {
  for (const service of started) await service.stop();
});

async function open(): Promise<KafkaStream> {
  const stream = await openStream(broker.brokers, { log });
  started.push(stream);
  return stream;
}

const text = (topic: string, value: string, partition = 0) => ({ topic, partition, key: 'k', value });

it('waits for a Kafka that is not there at its start, with one line for it', async () => {
  await broker.stop();
  const stream = await open();
  const topic = newName('topic');
  expect(stream.isUsable()).toBe(false);
  await expect(stream.publish([text(topic, 'too early')])).rejects.toThrow(StreamPublishError);
  const member = await Member.join(stream, topic);
  const tailed: string[] = [];
  const tail = stream.tail({ topic, onMessages: (messages) => tailed.push(...messages.map(({ value }) => value)) });
  const tailing = tail.start();

  await broker.start();

  expect(await stream.partitionsOf(topic)).toBe(4);
  await tailing;
  await member.untilAssigned(4);
  await stream.publish([text(topic, 'on time')]);
  await member.untilReceived(['on time']);
  await eventually(() => tailed.includes('on time'));
  await eventually(() => stream.isUsable());
  expect(logged.filter((line) => line.includes('does not answer'))).toHaveLength(1);
  expect(logged.filter((line) => line.includes('answers again'))).toHaveLength(1);
}, 180_000);

it('goes on after Kafka was away: refuses to publish meanwhile, and loses nothing that it took', async () => {
  const stream = await open();
  const topic = newName('topic');
  const member = await Member.join(stream, topic);
  await member.untilAssigned(4);
  const tailed: string[] = [];
  const tail = stream.tail({ topic, onMessages: (messages) => tailed.push(...messages.map(({ value }) => value)) });
  await tail.start();
  await stream.publish([text(topic, 'before')]);
  await member.untilReceived(['before']);

  await broker.kill();
  const refusal = await stream.publish([text(topic, 'meanwhile')]).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'MARATHON_STREAM_PUBLISH_FAILED', retryable: true, tooLarge: [] });
  await eventually(() => !stream.isUsable());
  await broker.start();

  await eventually(() => stream.isUsable());
  await stream.publish([text(topic, 'after')]);
  await member.untilReceived(['after']);
  await eventually(() => tailed.includes('after'));
  const again = member.received.filter(({ value }) => value === 'before').slice(1);
  expect(again.filter(({ redelivered }) => !redelivered)).toEqual([]);
}, 180_000);

it('begins anew with a Kafka that has lost everything', async () => {
  const stream = await open();
  const topic = newName('topic');
  const member = await Member.join(stream, topic);
  await member.untilAssigned(4);
  const tailed: string[] = [];
  const tail = stream.tail({ topic, onMessages: (messages) => tailed.push(...messages.map(({ value }) => value)) });
  await tail.start();
  await stream.publish(Array.from({ length: 20 }, (_, i) => text(topic, `lost ${i}`)));
  await member.untilReceived(['lost 19']);
  member.finish();

  await broker.kill();
  await rm(dataDirectory, { recursive: true });
  await broker.start();

  await eventually(() =>
    stream.publish([text(topic, 'new')]).then(
      () => true,
      () => false,
    ),
  );
  await member.untilReceived(['new']);
  await eventually(async () => {
    await stream.publish([text(topic, 'newer')]);
    return tailed.includes('newer');
  });
  await eventually(() => stream.isUsable());
}, 180_000);
