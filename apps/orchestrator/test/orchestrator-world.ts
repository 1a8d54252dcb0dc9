import {
  type AnyWorkflowDefinition,
  encodePayload,
  type RunId,
  runId,
  type Service,
  type Shard,
  type Stream,
  type StreamConsumer,
} from '@marathon/core';
import { StreamMessagePublisher, UuidV7 } from '@marathon/host';
import { InMemoryEventLog, InProcessStream, ManualClock } from '@marathon/memory';
import { activityTopic, deadLetterTopic, decodeMessage } from '@marathon/protocol';
import { Logger } from '@nestjs/common';
import { Orchestrator } from '../src/orchestrator.js';
import type { OrchestratorOptions } from '../src/orchestrator.options.js';
import type { OrchestratorPorts } from '../src/orchestrator-ports.js';

Logger.overrideLogger(false);

/** Orchestrators that share a stream, which outlives them, and an event log; a worker that echoes what it gets. */
export class OrchestratorWorld {
  readonly clock = new ManualClock();
  readonly log = new InMemoryEventLog({ clock: this.clock });
  readonly stream: Stream = durable(new InProcessStream({ clock: this.clock, hints: [deadLetterTopic], partitionsOf: () => 4 }));
  readonly publisher = new StreamMessagePublisher(this.stream);
  /** Tasks are not answered before this resolves. */
  gate: Promise<void> = Promise.resolve();
  readonly #runIds = new UuidV7(() => this.clock.now());
  readonly #orchestrators: Orchestrator[] = [];
  readonly #workers: Service[] = [];

  async start(): Promise<void> {
    await this.stream.start();
  }

  async orchestrator(
    processName: string,
    workflows: readonly AnyWorkflowDefinition[],
    more: Partial<OrchestratorOptions> & { readonly ports?: Partial<OrchestratorPorts> } = {},
  ): Promise<Orchestrator> {
    const { log, stream, publisher, clock } = this;
    const { ports = {}, ...options } = more;
    const all: OrchestratorPorts = {
      processName,
      laneStores: [log.runStore, log.runStore],
      store: log.runStore,
      outbox: log.outbox,
      runIntake: log.intake,
      runReader: log.reader,
      payloads: log.payloads,
      limits: log.limits,
      definitionRegistry: log.definitions,
      stream,
      publisher,
      clock,
      turnMonitor: { turnBegan() {}, turnEnded() {} },
      ...ports,
    };
    const orchestrator = new Orchestrator(all, { workflows, ...options });
    this.#orchestrators.push(orchestrator);
    await orchestrator.start();
    return orchestrator;
  }

  /** A worker of the queue that answers each task with its input. */
  async worker(taskQueue: string): Promise<void> {
    const topic = activityTopic(taskQueue);
    const consumer: StreamConsumer = this.stream.subscribe({
      group: topic,
      topics: [topic],
      onAssigned: async () => {},
      onRevoked: async () => {},
      onMessages: async (messages) => {
        await this.gate;
        for (const task of messages.map(decodeMessage)) {
          if (task.kind !== 'activity-task') continue;
          const { runId: id, activitySeq, attempt, replyTo: to, input } = task;
          const outcome = input === undefined ? { outcome: 'completed' as const } : { outcome: 'completed' as const, result: input };
          await this.publisher.publish([{ kind: 'activity-finished', to, runId: id, activitySeq, attempt, ...outcome }]);
        }
        consumer.done(messages);
      },
    });
    this.#workers.push(consumer);
    await consumer.start();
  }

  /** Inserts a run as a gateway does; `isTold` says whether that lives to tell anybody. */
  async startRun(workflow: string, taskQueue: string, input: unknown, isTold = true): Promise<RunId> {
    const id = runId(this.#runIds.next());
    const { shards } = await this.log.definitions.readAll();
    const own = shards.filter((shard) => shard.taskQueue === taskQueue);
    const shard = own[(input as number) % own.length] as Shard;
    const started = {
      seq: 1,
      type: 'WorkflowStarted',
      at: this.clock.now(),
      data: { workflow, workflowId: id, taskQueue },
      payload: encodePayload(input) as never,
    } as const;
    const start = { namespace: 'default', runId: id, shard: shard.id, started, wakesAtMs: undefined };
    const { entry } = await this.log.intake.start('gateway', [start]);
    if (!isTold) return id;
    await this.publisher.publish([{ kind: 'run-started', to: shard, runId: id, started }]);
    if (entry !== undefined) await this.log.outbox.deleteEntries([entry]);
    return id;
  }

  async statusOf(id: RunId): Promise<string | undefined> {
    return (await this.log.reader.find('default', id, id))?.status;
  }

  /** All that is left in the outbox. */
  entries(): Promise<readonly unknown[]> {
    return this.log.outbox.claimEntries({ olderThanMs: 0, claimForMs: 0, limit: 1_000 });
  }

  /** Resolves when the condition holds. Time passes only where the test says so. */
  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#orchestrators.map((orchestrator) => orchestrator.stop()));
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.stream.stop();
  }
}

/** Messages in this stream outlive the processes of the test: they are all one. */
function durable(stream: InProcessStream): Stream {
  return new Proxy(stream, {
    get(target, name) {
      if (name === 'durability') return 'log';
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
