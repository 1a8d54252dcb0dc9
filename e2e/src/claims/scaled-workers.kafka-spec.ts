import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { Activity, ActivityWorker, ActivityWorkerModule, activityContext } from '@marathon/activity';
import { encodePayload, isClosed, type MessagePublisher, type Payload, runId, type Shard } from '@marathon/core';
import { StreamMessagePublisher, SystemClock } from '@marathon/host';
import { KafkaStream } from '@marathon/kafka';
import { InMemoryEventLog } from '@marathon/memory';
import { Orchestrator } from '@marathon/orchestrator';
import { workflow } from '@marathon/workflow';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { useBroker } from '../../../packages/kafka/test/use-broker.js';

// Workers that come and go while attempts run, on a real Kafka: a rebalance costs no second run of an attempt.

const log = { info() {}, warn() {}, error() {} };
const clock = new SystemClock();
const napMsMax = 6_000;
const runs = 120;

const brokers = useBroker();

/** What is to be stopped after the test, the last one first. */
const started: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const service of started.splice(0).reverse()) await service.stop();
}, 60_000);

/** How often each attempt was begun. */
const begun = new Map<string, number>();

@Injectable()
class Naps {
  @Activity('nap')
  async nap(lengthMs: number): Promise<void> {
    const { runId, attempt } = activityContext();
    const key = `${runId}:${attempt}`;
    begun.set(key, (begun.get(key) ?? 0) + 1);
    await sleep(lengthMs);
  }
}

const napper = workflow('napper', (ctx, lengthMs: number) => ctx.activity('nap', lengthMs));

async function openStream(): Promise<KafkaStream> {
  const stream = new KafkaStream({ brokers: brokers(), clientId: 'test', partitionsOf: () => 8, log });
  await stream.start();
  started.push(stream);
  return stream;
}

/** A worker as a process of its own would be: with a stream of its own. */
class Worker {
  private constructor(
    private readonly worker: ActivityWorker,
    private readonly application: INestApplicationContext,
  ) {}

  static async start(taskQueue: string): Promise<Worker> {
    const stream = await openStream();
    const options = { stream, publisher: new StreamMessagePublisher(stream), clock, taskQueues: [taskQueue], maxConcurrent: 20 };
    @Module({ imports: [ActivityWorkerModule.forRoot(options)], providers: [Naps] })
    class Application {}
    const application = await NestFactory.createApplicationContext(Application, { logger: false });
    const worker = new Worker(application.get(ActivityWorker), application);
    started.push(worker);
    await worker.worker.start();
    return worker;
  }

  get status() {
    return this.worker.status;
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    await this.application.close();
  }
}

/** Resolves when as many runs have closed as there are. */
function untilClosed(eventLog: InMemoryEventLog): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let closed = 0;
  const commit = eventLog.runStore.commit.bind(eventLog.runStore);
  eventLog.runStore.commit = async (batch) => {
    const outcome = await commit(batch);
    closed += batch.advances.filter(({ runId, status }) => isClosed(status) && outcome.advanced.has(runId)).length;
    if (closed === runs) resolve();
    return outcome;
  };
  return promise;
}

async function startOrchestrator(
  eventLog: InMemoryEventLog,
  stream: KafkaStream,
  publisher: MessagePublisher,
  taskQueue: string,
): Promise<void> {
  const { runStore: store, outbox, definitions: definitionRegistry } = eventLog;
  const turnMonitor = { turnBegan() {}, turnEnded() {} };
  const ports = {
    processName: 'orchestrator',
    laneStores: [store],
    store,
    outbox,
    runIntake: eventLog.intake,
    runReader: eventLog.reader,
    payloads: eventLog.payloads,
    limits: eventLog.limits,
    definitionRegistry,
    stream,
    publisher,
    clock,
    turnMonitor,
  };
  const orchestrator = new Orchestrator(ports, { workflows: [napper], taskQueues: [taskQueue] });
  started.push(orchestrator);
  await orchestrator.start();
}

it('begins no attempt twice while workers come and go', async () => {
  const taskQueue = `q-${randomUUID()}`;
  const eventLog = new InMemoryEventLog({ clock });
  const allClosed = untilClosed(eventLog);
  const stream = await openStream();
  const publisher = new StreamMessagePublisher(stream);
  await startOrchestrator(eventLog, stream, publisher, taskQueue);
  const shards = await eventLog.definitions.register({ taskQueue, partitions: 8, build: 'test', workflows: [] });

  await Worker.start(taskQueue);
  for (let i = 0; i < runs; i++) {
    const id = runId(randomUUID());
    const payload = encodePayload(Math.floor((napMsMax * i) / runs)) as Payload;
    const data = { workflow: 'napper', workflowId: id, taskQueue };
    const event = { seq: 1, type: 'WorkflowStarted', at: clock.now(), data, payload } as const;
    const to = shards[i % shards.length] as Shard;
    await eventLog.intake.start('gateway', [{ namespace: 'default', runId: id, shard: to.id, started: event, wakesAtMs: undefined }]);
    await publisher.publish([{ kind: 'run-started', to, runId: id, started: event }]);
  }
  while (begun.size === 0) await sleep(10);
  const others = [await Worker.start(taskQueue), await Worker.start(taskQueue)];
  while (others.some(({ status }) => status.running === 0)) await sleep(10);
  await Promise.all(others.map((worker) => worker.stop()));
  await allClosed;

  expect([...begun].filter(([, times]) => times > 1)).toEqual([]);
  expect(begun.size).toBe(runs);
}, 120_000);
