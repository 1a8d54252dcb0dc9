import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { messageBytesMax, type OutgoingMessage } from '@marathon/core';
import type { Admin, Producer, ProducerBatch } from 'kafkajs';
import { Topics } from '../topics.js';
import { Publisher } from './publisher.js';

/** What was sent, each to be answered by the test. */
let sends: { readonly batch: ProducerBatch; readonly answer: PromiseWithResolvers<void> }[];
let publisher: Publisher;
let answersAtOnce: boolean;
/** Topics that were asked for. */
let asked: string[];

beforeEach(() => {
  [sends, answersAtOnce, asked] = [[], false, []];
  const producer = {
    sendBatch: async (batch: ProducerBatch) => {
      const answer = Promise.withResolvers<void>();
      sends.push({ batch, answer });
      if (answersAtOnce) answer.resolve();
      await answer.promise;
      return [];
    },
  };
  const admin = {
    fetchTopicMetadata: async ({ topics }: { readonly topics: readonly string[] }) => {
      asked.push(...topics);
      return { topics: topics.map((name) => ({ name, partitions: Array.from({ length: 8 }) })) };
    },
  };
  const topics = new Topics(admin as unknown as Admin, { partitionsOf: () => 8, replicationFactor: 1 });
  publisher = new Publisher(producer as unknown as Producer, topics, (work) => work());
});
afterEach(() => {
  answersAtOnce = true;
  for (const { answer } of sends) answer.resolve();
  return publisher.idle();
});

const message = (value: string, partition = 0): OutgoingMessage => ({ topic: 't', partition, key: 'k', value });
const turn = () => new Promise(setImmediate);
const valuesOf = ({ batch }: { readonly batch: ProducerBatch }) =>
  batch.topicMessages?.flatMap(({ messages }) => messages.map(({ value }) => value));

it('sends in one what many calls of one turn publish, and what comes meanwhile in the next', async () => {
  const first = Promise.all(['a', 'b', 'c'].map((value) => publisher.publish([message(value)])));
  await untilSent(1);
  const rest = Promise.all(['d', 'e'].map((value) => publisher.publish([message(value)])));
  await turn();
  expect(sends.map(valuesOf)).toEqual([['a', 'b', 'c']]);

  sends[0]?.answer.resolve();
  await first;
  await untilSent(2);

  expect(sends.map(valuesOf)[1]).toEqual(['d', 'e']);
  answerAll();
  await rest;
});

it('lets nothing wait for a large message', async () => {
  const large = publisher.publish([message('x'.repeat(500_000))]);
  await untilSent(1);
  const small = publisher.publish([message('a')]);
  await untilSent(2);

  sends[1]?.answer.resolve();
  await small;

  answerAll();
  await large;
});

it('puts no more into one send for a partition than a record batch may have', async () => {
  answersAtOnce = true;
  const large = 'x'.repeat(400_000);

  await publisher.publish([message(large), message(large), message(large), message(large, 1)]);

  const bytes = sends.flatMap(({ batch }) => {
    const messages = batch.topicMessages?.flatMap((topic) => topic.messages) ?? [];
    return [...Map.groupBy(messages, ({ partition }) => partition).values()].map((its) => its.length * large.length);
  });
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBe(4 * large.length);
  expect(Math.max(...bytes)).toBeLessThanOrEqual(900_000);
});

it('resolves a call only when all of it is taken, and rejects it when some is not', async () => {
  const large = 'x'.repeat(600_000);
  const ends: string[] = [];
  const call = publisher.publish([message(large), message(large)]).catch((error: Error) => ends.push(error.name));
  await untilSent(2);

  sends[0]?.answer.resolve();
  await turn();
  expect(ends).toEqual([]);
  sends[1]?.answer.reject(new Error('gone'));
  await call;

  expect(ends).toEqual(['StreamPublishError']);
});

it('refuses what is beyond its bound, and takes more when there is room', async () => {
  const large = 'x'.repeat(messageBytesMax - 1_024);
  const calls = Array.from({ length: 100 }, () => publisher.publish([message(large)]));
  const outcomes = Promise.allSettled(calls);
  await turn();

  answersAtOnce = true;
  answerAll();

  const refused = (await outcomes).filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every(({ reason }) => reason.retryable && reason.tooLarge.length === 0)).toBe(true);
  await publisher.publish([message('small')]);
});

it('asks for every topic again that it has sent to, when one of them is unknown: its producer wants them all', async () => {
  answersAtOnce = true;
  await publisher.publish([message('a'), { ...message('b'), topic: 'other' }]);
  answersAtOnce = false;
  const refused = publisher.publish([message('c')]).catch((error: Error) => error.name);
  await untilSent(2);

  sends[1]?.answer.reject(Object.assign(new Error('no such topic'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' }));

  expect(await refused).toBe('StreamPublishError');
  expect(asked).toEqual(['t', 'other', 't', 'other']);
});

function answerAll(): void {
  for (const { answer } of sends) answer.resolve();
}

async function untilSent(count: number): Promise<void> {
  while (sends.length < count) await turn();
}
