import {
  Definitions,
  type LaneServices,
  type OwnedShard,
  runId,
  type Service,
  type Shard,
  type ShardId,
  ShardOwner,
  Sweeper,
  TurnLoop,
  untilAvailable,
} from '@marathon/core';
import { createLog, UuidV7 } from '@marathon/host';
import { workflowTopic } from '@marathon/protocol';
import type { OrchestratorOptions } from './orchestrator.options.js';
import type { OrchestratorPorts } from './orchestrator-ports.js';
import { ShardSubscription } from './shard-subscription.js';

const sweepIntervalMs = 5_000;
/** How long an orchestrator that stops takes what was published before. */
const lastMessagesMs = 5_000;

/** Drives the runs of its queues: announces what it can run, joins the groups of their topics, owns the shards it is given. */
export class Orchestrator implements Service {
  readonly #definitions: Definitions;
  readonly #sweeper: Sweeper;
  readonly #owner: ShardOwner;
  readonly #log = createLog('Orchestrator');
  readonly #shards = new Map<ShardId, Shard>();
  readonly #subscriptions = new Map<string, ShardSubscription>();
  #gaining: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** @throws DuplicateWorkflowError when two workflows have one name. */
  constructor(
    private readonly ports: OrchestratorPorts,
    private readonly options: OrchestratorOptions,
  ) {
    const { clock, outbox, publisher, store, laneStores, stream, turnMonitor } = ports;
    const runIds = new UuidV7(() => clock.now());
    this.#definitions = new Definitions(options.workflows, options.build);
    const sweepOptions = { olderThanMs: options.sweepAgeMs ?? 10_000, intervalMs: sweepIntervalMs };
    this.#sweeper = new Sweeper(outbox, store, publisher, (id) => this.#findShard(id), clock, this.#log, sweepOptions);
    const services: Omit<LaneServices, 'store'> = {
      outbox,
      publisher,
      clock,
      turns: new TurnLoop(turnMonitor),
      definitions: this.#definitions,
      log: this.#log,
      newRunId: () => runId(runIds.next()),
      caughtUpTo: (shard: OwnedShard) => this.#subscriptions.get(shard.taskQueue)?.caughtUpTo(shard) ?? 0,
      sessionIsFresh: () => [...this.#subscriptions.values()].every((subscription) => subscription.sessionIsFresh()),
      losesMessages: stream.durability === 'process',
    };
    const { residentRuns = 10_000, residentBytes = 64 * 1024 * 1024 } = options;
    const ownerOptions = { name: ports.processName, residentRuns, residentBytes };
    this.#owner = new ShardOwner(ownerOptions, services, laneStores, this.#sweeper, {
      onShardLost: () => {},
      onRoom: () => {
        for (const subscription of this.#subscriptions.values()) subscription.resume();
      },
    });
  }

  async start(): Promise<void> {
    for (const taskQueue of this.options.taskQueues ?? ['default']) await this.#serve(taskQueue);
    await this.#owner.start();
    await this.#sweeper.start();
    for (const subscription of this.#subscriptions.values()) await subscription.start();
  }

  /** Ends after the batches under way; what was not begun is left to the next owner. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#gaining;
    if (this.ports.stream.durability === 'process') await this.#takeLastMessages();
    await this.#sweeper.stop();
    await this.#owner.stop();
    for (const subscription of this.#subscriptions.values()) await subscription.stop();
  }

  async #serve(taskQueue: string): Promise<void> {
    const { definitionRegistry, stream } = this.ports;
    const partitions = await stream.partitionsOf(workflowTopic(taskQueue));
    const { build, names } = this.#definitions;
    const announcing = { clock: this.ports.clock, log: this.#log, what: 'announce the workflows', isWanted: () => !this.#isStopped };
    const shards = await untilAvailable(announcing, () => definitionRegistry.register({ taskQueue, partitions, build, workflows: names }));
    for (const shard of shards) this.#shards.set(shard.id, shard);
    const gain = (gained: readonly Shard[]) => {
      this.#gaining = this.#gain(gained);
      return this.#gaining;
    };
    this.#subscriptions.set(taskQueue, new ShardSubscription(taskQueue, shards, stream, this.#owner, gain));
  }

  async #gain(shards: readonly Shard[]): Promise<void> {
    const gaining = { clock: this.ports.clock, log: this.#log, what: 'gain shards', isWanted: () => !this.#isStopped };
    try {
      await untilAvailable(gaining, () => this.#owner.gain(shards));
    } catch (error) {
      if (!this.#isStopped) throw error;
    }
  }

  /** A stream that ends with its process leaves nothing to the next owner: the last words of the workers would be lost. */
  async #takeLastMessages(): Promise<void> {
    const { clock } = this.ports;
    const { promise: timeIsUp, resolve } = Promise.withResolvers<void>();
    const cancel = clock.at(clock.now() + lastMessagesMs, resolve);
    // What is published in one turn of the event loop arrives in the next.
    const taken = new Promise((arrived) => setImmediate(arrived)).then(() => this.#owner.settled());
    await Promise.race([taken, timeIsUp]);
    cancel();
  }

  /** Entries that others left may be of queues that this process does not serve. */
  async #findShard(id: ShardId): Promise<Shard | undefined> {
    const known = this.#shards.get(id);
    if (known) return known;
    for (const shard of (await this.ports.definitionRegistry.readAll()).shards) this.#shards.set(shard.id, shard);
    return this.#shards.get(id);
  }
}
