import {
  type CountName,
  DeadLetters,
  Definitions,
  type LaneServices,
  OutgoingRequests,
  type OwnedShard,
  type Requester,
  runId,
  type Service,
  type Shard,
  type ShardId,
  ShardOwner,
  Sweeper,
  TurnLoop,
  untilAvailable,
} from '@marathon/core';
import { createLog, KnownDefinitions, UuidV7 } from '@marathon/host';
import { workflowTopic } from '@marathon/protocol';
import { BuildRenewal } from './build-renewal.js';
import { DropLog } from './drop-log.js';
import { dropsOf } from './measures.js';
import type { OrchestratorOptions } from './orchestrator.options.js';
import type { OrchestratorPorts } from './orchestrator-ports.js';
import { ShardSubscription } from './shard-subscription.js';

const sweepIntervalMsMax = 5_000;
/** A build that has not been renewed for so long has no orchestrator any more. */
const abandonedAfterMs = 180_000;
/** How long an orchestrator that stops takes what was published before. */
const lastMessagesMs = 5_000;

/** Drives the runs of its queues: announces what it can run, joins the groups of their topics, owns the shards it is given. */
export class Orchestrator implements Service {
  readonly #definitions: Definitions;
  readonly #outgoingRequests: OutgoingRequests;
  readonly #sweeper: Sweeper;
  readonly #owner: ShardOwner;
  readonly #deadLetters: DeadLetters;
  readonly #dropLog: DropLog;
  readonly #renewal: BuildRenewal;
  readonly #log = createLog('Orchestrator');
  readonly #shards = new Map<ShardId, Shard>();
  readonly #subscriptions = new Map<string, ShardSubscription>();
  readonly #gaining = new Set<Promise<void>>();
  #isStopped = false;

  /** @throws DuplicateWorkflowError when two workflows have one name. */
  constructor(
    private readonly ports: OrchestratorPorts,
    private readonly options: OrchestratorOptions,
  ) {
    const { clock, outbox, publisher, store, laneStores, stream, turnMonitor, runIntake, definitionRegistry } = ports;
    const runIds = new UuidV7(() => clock.now());
    this.#definitions = new Definitions(options.workflows, options.build);
    const { sweepAgeMs = 10_000 } = options;
    const sweepOptions = { olderThanMs: sweepAgeMs, intervalMs: Math.min(sweepAgeMs, sweepIntervalMsMax) };
    const shardOf = (id: ShardId) => this.#findShard(id);
    const known = new KnownDefinitions(definitionRegistry, clock);
    this.#outgoingRequests = new OutgoingRequests(`${ports.processName}/outgoing-requests`, {
      intake: runIntake,
      outbox,
      publisher,
      clock,
      log: this.#log,
      placeRun: (run) => known.place(run),
      shardOf,
    });
    const conclude = (closed: Requester) => this.#outgoingRequests.conclude(closed);
    this.#sweeper = new Sweeper(outbox, store, publisher, shardOf, conclude, clock, this.#log, sweepOptions);
    const services: Omit<LaneServices, 'store'> = {
      outbox,
      publisher,
      clock,
      turns: new TurnLoop(turnMonitor),
      definitions: this.#definitions,
      outgoingRequests: this.#outgoingRequests,
      limits: ports.limits,
      reader: ports.runReader,
      payloads: ports.payloads,
      log: this.#log,
      shardOf,
      newRunId: () => runId(runIds.next()),
      caughtUpTo: (shard: OwnedShard) => this.#subscriptions.get(shard.taskQueue)?.caughtUpTo(shard) ?? 0,
      sessionIsFresh: () => [...this.#subscriptions.values()].every((subscription) => subscription.sessionIsFresh()),
      losesMessages: stream.durability === 'process',
      historyEventsMax: options.historyEventsMax,
      queueWindow: options.queueWindow,
    };
    const { residentRuns = 10_000, residentBytes = 64 * 1024 * 1024, resendAfterMs = 600_000 } = options;
    const ownerOptions = { name: ports.processName, residentRuns, residentBytes, resendAfterMs };
    this.#owner = new ShardOwner(ownerOptions, services, laneStores, this.#sweeper, {
      onShardLost: (shard) => this.#subscriptions.get(shard.taskQueue)?.onShardLost(shard),
      onRoom: () => this.#resume(),
    });
    this.#deadLetters = new DeadLetters(publisher, clock, this.#log, () => this.#resume());
    this.#dropLog = new DropLog(() => dropsOf(this.counts), clock, this.#log);
    this.#renewal = new BuildRenewal(() => this.#renew(), clock, this.#log);
  }

  async start(): Promise<void> {
    for (const taskQueue of this.options.taskQueues ?? ['default']) await this.#serve(taskQueue);
    await this.#owner.start();
    await this.#sweeper.start();
    await this.#dropLog.start();
    await this.#renewal.start();
    for (const subscription of this.#subscriptions.values()) await subscription.start();
  }

  /** How often messages were sent on or dropped, and runs had to be helped, by reason. */
  get counts(): Readonly<Record<CountName, number>> {
    return this.#owner.counts;
  }

  /**
   * Ends after the batches under way, and leaves the groups when what they decided is published: what was not begun is the next
   * owner's. A part that cannot be stopped keeps no other from it.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#dropLog.stop();
    await this.#ending('stop the renewal', () => this.#renewal.stop());
    await Promise.allSettled(this.#gaining);
    if (this.ports.stream.durability === 'process') await this.#ending('take the last messages', () => this.#takeLastMessages());
    const sweeping = this.#ending('stop the sweeper', () => this.#sweeper.stop());
    await this.#ending('stop the lanes', () => this.#owner.stop());
    await this.#ending('stop the outgoing requests', () => this.#outgoingRequests.stop());
    const leaving = [...this.#subscriptions.values()].map((subscription) => this.#ending('leave a group', () => subscription.stop()));
    await Promise.all([sweeping, ...leaving]);
    this.#deadLetters.stop();
  }

  #resume(): void {
    for (const subscription of this.#subscriptions.values()) subscription.resume();
  }

  async #ending(what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#log.error(`could not ${what}`, { error });
    }
  }

  async #serve(taskQueue: string): Promise<void> {
    const { stream, clock } = this.ports;
    const ports = {
      stream,
      clock,
      owner: this.#owner,
      deadLetters: this.#deadLetters,
      gain: (shards: readonly Shard[], isWanted: () => boolean) => this.#gain(shards, isWanted),
      findShards: (partitionsMin: number) => this.#findShards(taskQueue, partitionsMin),
    };
    const shards = await this.#announce(taskQueue, await stream.partitionsOf(workflowTopic(taskQueue)));
    this.#subscriptions.set(taskQueue, new ShardSubscription(taskQueue, shards, ports));
  }

  /** Partitions were added. Who writes their shards down announces its workflows again, so nobody does who need not: it may be an older build. */
  async #findShards(taskQueue: string, partitionsMin: number): Promise<readonly Shard[]> {
    const { definitionRegistry, clock } = this.ports;
    const reading = { clock, log: this.#log, what: 'read the shards', isWanted: () => !this.#isStopped };
    try {
      const { shards } = await untilAvailable(reading, () => definitionRegistry.readAll());
      const known = shards.filter((shard) => shard.taskQueue === taskQueue);
      return known.length >= partitionsMin ? known : await this.#announce(taskQueue, partitionsMin);
    } catch (error) {
      if (!this.#isStopped) throw error;
      return [];
    }
  }

  /** Writes down what it runs for the queue; gives the queue's shards. */
  async #announce(taskQueue: string, partitions: number): Promise<readonly Shard[]> {
    const { definitionRegistry, clock } = this.ports;
    const { build, registrations: workflows } = this.#definitions;
    const announcing = { clock, log: this.#log, what: 'announce the workflows', isWanted: () => !this.#isStopped };
    const shards = await untilAvailable(announcing, () => definitionRegistry.register({ taskQueue, partitions, build, workflows }));
    for (const shard of shards) this.#shards.set(shard.id, shard);
    return shards;
  }

  async #renew(): Promise<void> {
    const { build } = this.#definitions;
    for (const taskQueue of this.#subscriptions.keys()) {
      if (this.#isStopped || (await this.ports.definitionRegistry.renew({ taskQueue, build, abandonedAfterMs }))) continue;
      await this.#announce(taskQueue, [...this.#shards.values()].filter((shard) => shard.taskQueue === taskQueue).length);
    }
  }

  async #gain(shards: readonly Shard[], isWanted: () => boolean): Promise<void> {
    if (this.#isStopped) return;
    const isStillWanted = () => !this.#isStopped && isWanted();
    const gaining = { clock: this.ports.clock, log: this.#log, what: 'gain shards', isWanted: isStillWanted };
    const gained = untilAvailable(gaining, () => this.#owner.gain(shards)).catch((error: unknown) => {
      if (isStillWanted()) throw error;
    });
    this.#gaining.add(gained);
    try {
      await gained;
    } finally {
      this.#gaining.delete(gained);
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
