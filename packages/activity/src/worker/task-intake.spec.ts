import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  DeadLetters,
  type IncomingMessage,
  type Message,
  recordedPayload,
  runId,
  type Stream,
  type StreamConsumer,
  type Subscription,
  type TopicPartition,
} from '@marathon/core';
import { ManualClock } from '@marathon/memory';
import { activityTopic, encodeMessage } from '@marathon/protocol';
import { Logger } from '@nestjs/common';
import { Claims } from './claims.js';
import { Occurrences } from './occurrences.js';
import { ReportSender } from './report-sender.js';
import { TaskIntake } from './task-intake.js';

Logger.overrideLogger(false);

const topic = activityTopic('default');
const [first, second]: [TopicPartition, TopicPartition] = [
  { topic, partition: 0 },
  { topic, partition: 1 },
];

/** An intake, the calls it makes, and the subscription through which the test plays the stream. */
async function setup(countMax = 4) {
  const calls: string[] = [];
  const note =
    (name: string) =>
    (partitions: readonly { readonly partition: number }[]): void => {
      calls.push(`${name} ${partitions.map(({ partition }) => partition)}`);
    };
  let subscription: Subscription | undefined;
  const consumer: Partial<StreamConsumer> = {
    start: async () => {},
    done: note('done'),
    letGo: note('let go'),
    pause: note('pause'),
    resume: note('resume'),
  };
  const stream: Partial<Stream> = {
    subscribe: (given) => {
      subscription = given;
      return consumer as StreamConsumer;
    },
  };
  const clock = new ManualClock();
  const letters: Message[] = [];
  let publishing: Promise<void> = Promise.resolve();
  const publisher = {
    publish: async (published: readonly Message[]) => {
      await publishing;
      letters.push(...published);
      return { tooLarge: [] };
    },
  };
  const deadLetters: DeadLetters = new DeadLetters(publisher, clock, silent, () => intake.onRoom());
  const settings = { stream: stream as Stream, clock, taskQueues: ['default'], countMax, deadLetters };
  const occurrences = new Occurrences();
  const sender = new ReportSender({ publish: async () => ({ tooLarge: [] }) }, clock);
  const claims = new Claims({ ...settings, identity: 'w', announceAfterMs: 2_000 }, sender, occurrences, {
    room: () => 0,
    onAsked: () => {},
    onGranted: () => {},
    onRefused: () => {},
  });
  const intake: TaskIntake = new TaskIntake(settings, claims, occurrences, {
    onTasks: () => {},
    onRevoked: async (partitions) => note('revoked')(partitions),
  });
  await intake.start();
  await subscription?.onAssigned([first]);
  const holdPublishing = () => {
    const held = Promise.withResolvers<void>();
    publishing = held.promise;
    return held.resolve;
  };
  return { intake, calls, subscription: subscription as Subscription, letters, holdPublishing };
}

const silent = { info() {}, warn() {}, error() {} };
const tick = () => new Promise((resolve) => setImmediate(resolve));

let offsets = 0;

function messages(count: number, { partition } = first, size = 0): IncomingMessage[] {
  return Array.from({ length: count }, () => {
    offsets += 1;
    const { key, value } = encodeMessage({
      kind: 'activity-task',
      taskQueue: 'default',
      runId: runId('00000000-0000-7000-8000-000000000001'),
      activitySeq: offsets,
      attempt: 1,
      activity: 'test',
      workflow: 'order',
      workflowId: 'order-1',
      input: recordedPayload(`"${'x'.repeat(size)}"`),
      startToCloseTimeoutMs: 1_000,
      announceAtOnce: false,
      replyTo: { taskQueue: 'default', partition: 0 },
    });
    return { topic, partition, offset: String(offsets), key, value, headers: {}, timestampMs: 0, redelivered: false };
  });
}

describe('a task intake', () => {
  let world: Awaited<ReturnType<typeof setup>>;

  beforeEach(async () => {
    world = await setup();
  });

  it('pauses when it is full, and resumes when it is half empty, again and again (I1)', () => {
    const { intake, calls, subscription } = world;
    for (let round = 0; round < 2; round += 1) {
      subscription.onMessages(messages(3));
      expect(calls).toEqual([]);
      subscription.onMessages(messages(2));
      expect(calls).toEqual(['pause 0']);
      intake.next();
      intake.next();
      expect(calls).toEqual(['pause 0']);
      intake.next();
      expect(calls.splice(0)).toEqual(['pause 0', 'resume 0']);
      intake.next();
      intake.next();
    }
    expect(intake.next()).toBeUndefined();
    expect(intake.size).toBe(0);
  });

  it('pauses for fewer tasks when they are large (I1)', async () => {
    const { intake, calls, subscription } = await setup(100);
    subscription.onMessages(messages(8, first, 2_000_000));
    expect(calls).toEqual([]);
    subscription.onMessages(messages(1, first, 2_000_000));
    expect(calls).toEqual(['pause 0']);
    for (let left = 9; left > 5; left -= 1) intake.next();
    expect(calls).toEqual(['pause 0']);
    intake.next();
    expect(calls).toEqual(['pause 0', 'resume 0']);
  });

  it('pauses a partition that it gains while it is full (I1)', async () => {
    const { intake, calls, subscription } = world;
    subscription.onMessages(messages(4));
    await subscription.onAssigned([second]);
    expect(calls).toEqual(['pause 0', 'pause 1']);
    intake.next();
    intake.next();
    expect(calls.at(-1)).toBe('resume 0,1');
  });

  it('holds ten times as many tasks in doubt, and takes others past them (I1, I4)', () => {
    const { intake, calls, subscription } = world;
    const inDoubt = (count: number) => messages(count).map((message) => ({ ...message, redelivered: true }));
    subscription.onMessages([...inDoubt(39), ...messages(3)]);
    expect(calls).toEqual([]);
    for (let left = 3; left > 0; left -= 1) expect(intake.next()).toBeDefined();
    expect(intake.next()).toBeUndefined();
    subscription.onMessages(inDoubt(1));
    expect(calls).toEqual(['pause 0']);
  });

  it('lets go of what waits of a partition that it loses, and goes on with the others (I1, I2)', async () => {
    const { intake, calls, subscription } = world;
    await subscription.onAssigned([second]);
    subscription.onMessages(messages(4));
    subscription.onMessages(messages(1, second));
    await subscription.onRevoked([first]);
    expect(calls).toEqual(['pause 0,1', 'resume 1', 'revoked 0']);
    expect(intake.next()?.isFrom([second])).toBe(true);
    expect(intake.next()).toBeUndefined();
  });

  it('takes nothing more once it is closed, finishes nothing that was not begun, and lets go of what is not in doubt (I2)', () => {
    const { intake, calls, subscription } = world;
    subscription.onMessages([...messages(1), ...messages(1).map((message) => ({ ...message, redelivered: true }))]);
    intake.close();
    subscription.onMessages(messages(1));
    expect(intake.next()).toBeUndefined();
    expect(calls).toEqual(['pause 0', 'let go 0']);
  });

  it('reports done what is no task, when its dead letter is published (I3)', async () => {
    const { intake, calls, subscription, letters, holdPublishing } = world;
    const release = holdPublishing();
    subscription.onMessages([{ ...(messages(1)[0] as IncomingMessage), value: '{}' }]);
    await tick();
    expect(calls).toEqual([]);
    release();
    await tick();
    expect(calls).toEqual(['done 0']);
    expect(letters).toMatchObject([{ kind: 'dead-letter', reason: 'malformed', found: { value: '{}' } }]);
    expect(intake.size).toBe(0);
  });

  it('pauses while too many dead letters wait (I3)', async () => {
    const { calls, subscription, holdPublishing } = world;
    const release = holdPublishing();
    subscription.onMessages(messages(1_000).map((message) => ({ ...message, value: '{}' })));
    expect(calls).toEqual(['pause 0']);
    release();
    await tick();
    expect(calls.filter((call) => call !== 'done 0')).toEqual(['pause 0', 'resume 0']);
  });
});
