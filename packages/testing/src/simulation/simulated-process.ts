import {
  type Admission,
  type Clock,
  CommitOutcomeUnknownError,
  type Definitions,
  historyBound,
  isClosed,
  type LimitStore,
  type Log,
  type Message,
  type MessagePublisher,
  OutgoingRequests,
  type OwnedShard,
  type PayloadStore,
  type RequestOutcome,
  type RunAdvance,
  type RunId,
  type RunIntake,
  type RunStart,
  type RunStore,
  requestBound,
  type Shard,
  type ShardMessage,
  ShardOwner,
  StoreUnavailableError,
  StreamPublishError,
  Sweeper,
  TurnLoop,
  untilAvailable,
} from '@marathon/core';
import type { InMemoryEventLog, ManualClock, Random } from '@marathon/memory';
import type { Chance } from './chance.js';

/** What a process has of its world. */
export interface Surroundings {
  readonly clock: ManualClock;
  readonly eventLog: InMemoryEventLog;
  readonly random: Random;
  readonly chance: Chance;
  readonly definitions: Definitions;
  readonly log: Log;
  readonly residentRuns: number;
  readonly losesMessages: boolean;
  /** See `SimulationOptions`. */
  readonly movesLargePayloads: boolean;
  readonly resendAfterMs?: number;
  publish(messages: readonly Message[]): void;
  newRunId(): RunId;
  caughtUpTo(shard: OwnedShard): number;
  shardOf(id: Shard['id']): Shard | undefined;
  /** Something happened: the world is not at rest. */
  stir(): void;
  /** A run's advance is durable, whether or not the process lives to see it. */
  onAdvanced(advance: RunAdvance): void;
  onAdmitted(admission: Admission): void;
  /** Runs have started other runs. */
  onStarted(starts: readonly RunStart[]): void;
  /** Runs have brought requests to other runs. */
  onRequested(outcomes: readonly RequestOutcome[]): void;
  /** Where a run with this workflow id goes. */
  placeOf(workflowId: string): Shard;
  sendLateSignal(runId: RunId): Promise<void>;
  /** The process found out that somebody else had raised the epoch of a shard. */
  onShardLost(process: SimulatedProcess, shard: Shard): void;
  /** A commit that advances runs is about to happen, or has happened. @returns true when the process dies there */
  isCrashPoint(): boolean;
  /** Chance wants this process dead. */
  onDoomed(process: SimulatedProcess): void;
}

const slowCallMsMax = 50;
const never = new Promise<never>(() => {});

/**
 * An orchestrator: the engine as it is, on ports that end with it. Dead, it gets no answer and nothing that it does has an effect;
 * paused, all that stands still until it wakes up.
 */
export class SimulatedProcess {
  readonly owner: ShardOwner;
  readonly #outgoingRequests: OutgoingRequests;
  readonly #sweeper: Sweeper;
  #isDead = false;
  #pause: { readonly over: Promise<void>; readonly end: () => void } | undefined;

  constructor(
    readonly name: string,
    private readonly world: Surroundings,
  ) {
    const { eventLog, definitions, log } = world;
    const clock = this.#clock();
    const store = this.#mortal(this.#observed(eventLog.runStore));
    const outbox = this.#mortal(eventLog.outbox);
    const publisher = this.#publisher();
    const sweep = { olderThanMs: 10_000, intervalMs: 5_000 };
    const shardOf = async (id: Shard['id']) => world.shardOf(id);
    this.#outgoingRequests = new OutgoingRequests(`${name}/outgoing-requests`, {
      intake: this.#mortal(this.#watched(eventLog.intake)),
      outbox,
      publisher,
      clock,
      log,
      placeRun: async ({ workflow, workflowId }) => (definitions.get(workflow) ? world.placeOf(workflowId) : undefined),
      shardOf,
    });
    this.#sweeper = new Sweeper(outbox, store, publisher, shardOf, (closed) => this.#outgoingRequests.conclude(closed), clock, log, sweep);
    const services = {
      outbox,
      publisher,
      clock,
      turns: new TurnLoop({ turnBegan: () => world.stir(), turnEnded() {} }),
      definitions,
      outgoingRequests: this.#outgoingRequests,
      reader: this.#mortal(eventLog.reader),
      limits: this.#mortal(this.#admitting(eventLog.limits)),
      ...(world.movesLargePayloads && { payloads: this.#payloads(eventLog.payloads) }),
      log,
      shardOf,
      newRunId: () => world.newRunId(),
      caughtUpTo: (shard: OwnedShard) => world.caughtUpTo(shard),
      sessionIsFresh: () => !this.#pause,
      losesMessages: world.losesMessages,
    };
    const { residentRuns, resendAfterMs = 600_000 } = world;
    const bounds = { residentRuns, residentBytes: 64 * 1024 * 1024, resendAfterMs };
    const stores = [this.#committing(store), this.#committing(store)];
    this.owner = new ShardOwner({ name, ...bounds }, services, stores, this.#sweeper, {
      onShardLost: (shard) => world.onShardLost(this, shard),
      onRoom() {},
    });
  }

  get isAlive(): boolean {
    return !this.#isDead && !this.#pause;
  }

  async start(): Promise<void> {
    await this.owner.start();
    await this.#sweeper.start();
  }

  /** Takes shards over, trying again while the event log refuses. */
  async gain(shards: readonly Shard[]): Promise<void> {
    const { log } = this.world;
    await untilAvailable({ clock: this.#clock(), log, what: 'gain shards' }, () => this.owner.gain(shards));
  }

  lose(shard: Shard): void {
    if (!this.#isDead) this.owner.lose([shard]);
  }

  accept(shard: Shard, message: ShardMessage, redelivered: boolean, done: () => void): void {
    if (this.#isDead) return;
    this.world.stir();
    this.owner.accept({ shard: shard.id, message, bytes: 100, redelivered, done: () => !this.#isDead && done() });
  }

  die(): void {
    this.#isDead = true;
  }

  pause(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pause = { over: promise, end: resolve };
  }

  wakeUp(): void {
    this.#pause?.end();
    this.#pause = undefined;
    this.world.stir();
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return;
    await this.#sweeper.stop();
    await this.owner.stop();
    await this.#outgoingRequests.stop();
  }

  /** Resolves while the process lives, and as soon as it is awake. */
  async #passes(): Promise<void> {
    while (this.#pause) await this.#pause.over;
    if (this.#isDead) await never;
    this.world.stir();
  }

  async #call<T>(action: () => Promise<T>): Promise<T> {
    const { chance, clock, random } = this.world;
    if (chance.of('slowCalls')) await new Promise<void>((resolve) => clock.at(clock.now() + random.below(slowCallMsMax), resolve));
    if (chance.of('crashes')) this.world.onDoomed(this);
    await this.#passes();
    if (chance.of('refusedCalls')) throw new StoreUnavailableError('refused, by chance');
    const result = await action();
    if (chance.of('crashes')) this.world.onDoomed(this);
    await this.#passes();
    return result;
  }

  #mortal<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => this.#call(() => Reflect.apply(method, target, args));
      },
    });
  }

  #observed(store: RunStore): RunStore {
    const commit: RunStore['commit'] = async (batch) => {
      const advances = batch.advances.length > 0;
      if (advances && this.world.isCrashPoint()) this.world.onDoomed(this);
      await this.#passes();
      const outcome = await store.commit(batch);
      if (advances && this.world.isCrashPoint()) this.world.onDoomed(this);
      for (const advance of batch.advances) if (outcome.advanced.has(advance.runId)) this.world.onAdvanced(advance);
      return outcome;
    };
    // Whoever holds few runs in memory reads little at a time.
    const bound = { ...historyBound, events: Math.min(10 * this.world.residentRuns, historyBound.events) };
    const loadRuns: RunStore['loadRuns'] = (ids) => store.loadRuns(ids, bound);
    const requests = Math.min(this.world.residentRuns, requestBound.requests);
    const readRequests: RunStore['readRequests'] = (runs) => store.readRequests(runs, { ...requestBound, requests });
    const own: Partial<RunStore> = { commit, loadRuns, readRequests };
    return new Proxy(store, { get: (target, name) => Reflect.get(own, name) ?? Reflect.get(target, name).bind(target) });
  }

  #watched(intake: RunIntake): RunIntake {
    return {
      start: async (source, starts) => {
        const started = await intake.start(source, starts);
        this.world.onStarted(starts.filter((_, i) => started.outcomes[i]?.outcome === 'started'));
        return started;
      },
      request: async (requests) => {
        const outcomes = await intake.request(requests);
        this.world.onRequested(outcomes);
        return outcomes;
      },
    };
  }

  /** A look may be lost, before or after it happened. */
  #admitting(limits: LimitStore): LimitStore {
    const { chance, random } = this.world;
    const admit: LimitStore['admit'] = async (names) => {
      const isLost = chance.of('lostCommits');
      if (isLost && random.chance(0.5)) throw new CommitOutcomeUnknownError('lost before it happened, by chance');
      const admission = await limits.admit(names);
      this.world.onAdmitted(admission);
      if (isLost) throw new CommitOutcomeUnknownError('lost after it happened, by chance');
      return admission;
    };
    return new Proxy(limits, { get: (target, name) => (name === 'admit' ? admit : Reflect.get(target, name)) });
  }

  /** Each lane's connection may break on its own. */
  #committing(store: RunStore): RunStore {
    const { chance } = this.world;
    const commit: RunStore['commit'] = async (batch) => {
      const isLost = chance.of('lostCommits');
      if (isLost && this.world.random.chance(0.5)) throw new CommitOutcomeUnknownError('lost before it happened, by chance');
      for (const advance of batch.advances) {
        if (isClosed(advance.status) && chance.of('lateSignals')) await this.world.sendLateSignal(advance.runId);
      }
      const outcome = await store.commit(batch);
      if (isLost) throw new CommitOutcomeUnknownError('lost after it happened, by chance');
      return outcome;
    };
    return new Proxy(store, { get: (target, name) => (name === 'commit' ? commit : Reflect.get(target, name)) });
  }

  #payloads(payloads: PayloadStore): PayloadStore {
    const { write, read, removeUnused } = this.#mortal(payloads);
    return { referenceTo: (text) => payloads.referenceTo(text), write, read, removeUnused };
  }

  #publisher(): MessagePublisher {
    return {
      publish: async (messages) => {
        await this.#passes();
        // A stream within the process takes what it is given.
        if (!this.world.losesMessages && this.world.chance.of('lostMessages')) throw new StreamPublishError('lost, by chance', []);
        this.world.publish(messages);
        return { tooLarge: [] };
      },
    };
  }

  #clock(): Clock {
    const { clock } = this.world;
    return {
      now: () => clock.now(),
      at: (atMs, action) => clock.at(atMs, () => void this.#passes().then(action), 'background'),
    };
  }
}
