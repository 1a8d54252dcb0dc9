import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Activity, ActivityWorker, ActivityWorkerModule } from '@marathon/activity';
import type { RunId } from '@marathon/core';
import { StreamMessagePublisher, SystemClock } from '@marathon/host';
import { KafkaStream } from '@marathon/kafka';
import { activityTopic, writeFailure } from '@marathon/protocol';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { useBroker } from '../../../packages/kafka/test/use-broker.js';
import { hasPython, PythonWorker } from './python-worker.js';
import { TaskSender } from './task-sender.js';

// The example worker in Python, which knows the protocol from its page alone, on a real Kafka.

const log = { info() {}, warn() {}, error() {} };
const isLeftOut = !process.env.CI && !hasPython();
if (isLeftOut) console.log('left out: the worker in Python; it needs python3');

@Injectable()
class Greetings {
  @Activity('greet')
  async greet(who: string): Promise<string> {
    return `Hello, ${who}, from TypeScript`;
  }
}

(isLeftOut ? describe.skip : describe)('a worker in Python', () => {
  const brokers = useBroker();
  let python: PythonWorker;
  let stream: KafkaStream;
  let sender: TaskSender;
  let applications: INestApplicationContext[];

  beforeAll(async () => {
    python = await PythonWorker.install();
  }, 300_000);

  afterAll(async () => {
    await python?.remove();
  });

  beforeEach(async () => {
    applications = [];
    stream = new KafkaStream({ brokers: brokers(), clientId: 'test', partitionsOf: () => 4, log });
    await stream.start();
    const taskQueue = `q-${randomUUID()}`;
    await stream.partitionsOf(activityTopic(taskQueue));
    sender = await TaskSender.start(stream, taskQueue);
    python.start(brokers(), taskQueue);
  }, 60_000);

  afterEach(async () => {
    await python.stop();
    for (const application of applications) {
      await application.get(ActivityWorker).stop();
      await application.close();
    }
    await sender.stop();
    await stream.stop();
  }, 60_000);

  async function startTypeScriptWorker(): Promise<ActivityWorker> {
    const options = { stream, publisher: new StreamMessagePublisher(stream), clock: new SystemClock(), taskQueues: [sender.taskQueue] };
    @Module({ imports: [ActivityWorkerModule.forRoot(options)], providers: [Greetings] })
    class Application {}
    const application = await NestFactory.createApplicationContext(Application, { logger: false });
    applications.push(application);
    const worker = application.get(ActivityWorker);
    await worker.start();
    return worker;
  }

  const resultOf = async (id: RunId): Promise<string> => {
    const finished = await sender.next('activity-finished', id);
    if (finished.outcome === 'completed') return JSON.parse(finished.result ?? 'null');
    return finished.outcome === 'failed' ? writeFailure(finished.failure) : finished.outcome;
  };
  const greet = async (): Promise<string> => resultOf(await sender.send('greet', 'Ada'));

  it('runs tasks, reports what fails, and hands back what it does not know', async () => {
    expect(await greet()).toBe('Hello, Ada, from Python');
    expect(JSON.parse(await resultOf(await sender.send('nap', 'long')))).toMatchObject({ type: 'TypeError' });
    const unknown = await sender.send('tset', 1);
    expect(await sender.next('activity-finished', unknown)).toMatchObject({
      outcome: 'handed-back',
      reason: 'this worker knows greet, nap',
    });
  }, 60_000);

  it('announces what lasts, renews its lease, and goes on after a restart where it had stopped', async () => {
    const id = await sender.send('nap', 5);
    await sender.next('activity-announced', id);
    expect(await resultOf(id)).toBeNull();
    expect(sender.told.find(({ kind }) => kind === 'leases-renewed')).toMatchObject({
      leases: [{ runId: id, activitySeq: 2, attempt: 1 }],
    });

    await python.stop();
    const asked = await sender.send('greet', 'Ada');
    python.start(brokers(), sender.taskQueue);
    expect(await resultOf(asked)).toBe('Hello, Ada, from Python');
    expect(sender.told.filter((message) => message.kind === 'activity-finished')).toHaveLength(2);
  }, 60_000);

  it('shares its group with a worker in TypeScript, which comes and goes while it is busy', async () => {
    expect(await greet()).toBe('Hello, Ada, from Python');
    const nap = await sender.send('nap', 8);
    await sender.next('activity-announced', nap);
    const other = await startTypeScriptWorker();
    // Some greetings wait behind the nap.
    while (!(await Promise.race(greetings())).endsWith('TypeScript'));
    expect(sender.told.some((message) => message.kind === 'activity-finished' && message.runId === nap)).toBe(false);
    expect(await resultOf(nap)).toBeNull();

    const answers = await Promise.all(Array.from({ length: 40 }, greet));
    expect(new Set(answers)).toEqual(new Set(['Hello, Ada, from Python', 'Hello, Ada, from TypeScript']));

    // Now the one in TypeScript leads the group.
    await python.stop();
    expect(new Set(await Promise.all(greetings()))).toEqual(new Set(['Hello, Ada, from TypeScript']));
    python.start(brokers(), sender.taskQueue);
    while (!(await Promise.all(greetings())).includes('Hello, Ada, from Python'));
    await other.stop();
    expect(new Set(await Promise.all(greetings()))).toEqual(new Set(['Hello, Ada, from Python']));
  }, 120_000);

  const greetings = (): Promise<string>[] => Array.from({ length: 10 }, greet);
});
