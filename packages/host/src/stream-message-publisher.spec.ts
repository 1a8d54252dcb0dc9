import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  type ActivityCancelRequestedMessage,
  type ActivityFinishedMessage,
  encodePayload,
  type IncomingMessage,
  type Message,
  type OutgoingMessage,
  type Payload,
  payloadReference,
  runId,
  type Stream,
  StreamPublishError,
  type TaskMessage,
} from '@marathon/core';
import { InProcessStream } from '@marathon/memory';
import { activityCancellationsTopic, activityTopic, decodeMessage, encodeMessage, workflowTopic } from '@marathon/protocol';
import { ActivityTokens } from './activity-tokens.js';
import { StreamMessagePublisher } from './stream-message-publisher.js';

let stream: InProcessStream;

beforeEach(async () => {
  stream = new InProcessStream({ messageBytesMax: 1_000 });
  await stream.start();
});

afterEach(() => stream.stop());

const id = runId('00000000-0000-7000-8000-000000000001');
const canceled = (activitySeq: number): ActivityCancelRequestedMessage => ({ kind: 'activity-cancel-requested', runId: id, activitySeq });
const finished = (size: number): ActivityFinishedMessage => ({
  kind: 'activity-finished',
  to: { taskQueue: 'default', partition: 2 },
  runId: id,
  activitySeq: 1,
  attempt: 1,
  outcome: 'completed',
  result: encodePayload('x'.repeat(size)) as Payload,
});

const task = (taskQueue: string, activitySeq: number): TaskMessage => ({
  kind: 'activity-task',
  taskQueue,
  runId: id,
  activitySeq,
  attempt: 1,
  activity: 'charge-card',
  workflow: 'order',
  workflowId: 'order-1',
  startToCloseTimeoutMs: 600_000,
  announceAtOnce: false,
  replyTo: { taskQueue: 'default', partition: 2 },
});

/** Resolves with what came, once that is `count` messages. */
function received(topic: string, count: number): Promise<Message[]> {
  return new Promise((resolve) => {
    const messages: Message[] = [];
    const onMessages = (incoming: readonly IncomingMessage[]) => {
      messages.push(...incoming.map(decodeMessage));
      if (messages.length >= count) resolve(messages);
    };
    void stream.tail({ topic, onMessages }).start();
  });
}

it('writes messages so that they come back as they were', async () => {
  const outcomes = received(workflowTopic('default'), 1);
  const cancellations = received(activityCancellationsTopic, 1);
  expect(await new StreamMessagePublisher(stream).publish([finished(3), canceled(1)])).toEqual({ tooLarge: [] });
  expect(await outcomes).toEqual([finished(3)]);
  expect(await cancellations).toEqual([canceled(1)]);
});

it('gives tasks the key of their queue, and where a gateway is', async () => {
  const secrets = { read: async () => [{ version: 1, key: new Uint8Array(32) }] };
  const tokens = await ActivityTokens.load(secrets);
  const tasks = ['payments', 'mail', 'payments'].map((taskQueue, i) => task(taskQueue, i + 1));
  const came = Promise.all([received(activityTopic('payments'), 2), received(activityTopic('mail'), 1)]);

  await new StreamMessagePublisher(stream, { secrets, gatewayUrl: () => 'http://gateway:8080' }).publish(tasks);

  const sent = tasks.map((given) => ({ ...given, tokenKey: tokens.keyOf(given.taskQueue), gatewayUrl: 'http://gateway:8080' }));
  expect(new Set((await came).flat())).toEqual(new Set(sent));
});

it('gives tasks whose input is elsewhere an address of it, and no address where no gateway is known', async () => {
  const secrets = { read: async () => [{ version: 1, key: new Uint8Array(32) }] };
  const large = { ...task('payments', 1), input: payloadReference({ sha256: '0'.repeat(64), bytes: 300_000 }) };
  const small = { ...task('payments', 2), input: encodePayload({ amount: 7 }) as Payload };
  const came = received(activityTopic('payments'), 2);

  await new StreamMessagePublisher(stream, { secrets, gatewayUrl: () => 'http://gateway:8080' }).publish([large]);
  await new StreamMessagePublisher(stream, { secrets, gatewayUrl: () => undefined }).publish([small]);

  const tokenKey = (await ActivityTokens.load(secrets)).keyOf('payments');
  const inputAddress = expect.stringMatching(/^http:\/\/gateway:8080\/payloads\/0{64}-300000\?until=\d+&signature=/);
  const bySeq = (await came).sort((a, b) => ('activitySeq' in a && 'activitySeq' in b ? a.activitySeq - b.activitySeq : 0));
  expect(bySeq).toEqual([
    { ...large, tokenKey, gatewayUrl: 'http://gateway:8080', inputAddress },
    { ...small, tokenKey },
  ]);
});

it('gives back what can never be sent, and sends the rest', async () => {
  const cancellations = received(activityCancellationsTopic, 2);
  const large = [finished(2_000), finished(3_000)];
  const { tooLarge } = await new StreamMessagePublisher(stream).publish([
    large[0] as Message,
    canceled(1),
    large[1] as Message,
    canceled(2),
  ]);
  expect(tooLarge).toEqual(large);
  const seqs = (await cancellations).map((message) => 'activitySeq' in message && message.activitySeq);
  expect(new Set(seqs)).toEqual(new Set([1, 2]));
});

it('sends the rest again when the stream took none of it', async () => {
  const taken: OutgoingMessage[] = [];
  const refusing: Pick<Stream, 'publish'> = {
    async publish(messages) {
      const tooLarge = messages.filter(({ value }) => value.length > 1_000).slice(0, 1);
      if (tooLarge.length > 0) throw new StreamPublishError('refused', tooLarge);
      taken.push(...messages);
    },
  };
  const messages = [finished(2_000), canceled(1), finished(3_000), canceled(2)];
  expect(await new StreamMessagePublisher(refusing as Stream).publish(messages)).toEqual({ tooLarge: [messages[0], messages[2]] });
  expect(taken).toEqual([messages[1], messages[3]].map((message) => encodeMessage(message as Message)));
});

it('throws when the stream is away', async () => {
  await stream.stop();
  await expect(new StreamMessagePublisher(stream).publish([canceled(1)])).rejects.toMatchObject({
    code: 'MARATHON_STREAM_PUBLISH_FAILED',
    retryable: true,
  });
});
