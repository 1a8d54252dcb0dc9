import { InMemoryEventLog, ManualClock } from '@marathon/memory';
import {
  type AnyWorkflowDefinition,
  type CommitBatch,
  CommitOutcomeUnknownError,
  Definitions,
  encodePayload,
  type HistoryBound,
  type HistoryEvent,
  type Message,
  OutgoingRequests,
  type RequestBound,
  type RunId,
  type RunStore,
  runId,
  type Shard,
  type ShardMessage,
  ShardOwner,
  StoreUnavailableError,
  StreamPublishError,
  Sweeper,
  TurnLoop,
} from '../src/index.js';

const taskQueue = 'default';

/** An owner of shards over an event log in memory. What it tells is collected and delivered by the test; so are its commits, if held back. */
export class OwnerWorld {
  readonly clock = new ManualClock();
  readonly log = new InMemoryEventLog({ clock: this.clock });
  /** What was told and not delivered yet. */
  messages: Message[] = [];
  /** Deliveries that were reported as finished. */
  done: ShardMessage[] = [];
  /** Shards that an owner said it had lost to another. */
  lost: Shard[] = [];
  shards: readonly Shard[] = [];
  /** Called before each commit, which waits for it. */
  beforeCommit: (batch: CommitBatch) => Promise<void> = async () => {};
  /** Calls of the store and the outbox, by name, that fail for now. */
  isAway: (call: string) => boolean = () => false;
  /** Called at each of them. */
  onCall: (call: string) => void = () => {};
  /** How many of them failed. */
  refusedCalls = 0;
  /** Up to where the stream is read; the present when undefined. */
  caughtUpToMs: number | undefined;
  /** What was logged as an error. */
  readonly warnings: string[] = [];
  readonly errors: string[] = [];
  /** Nothing can be published for now. */
  isStreamAway = false;
  refusedPublishes = 0;
  /** The store goes away with the answer to the next commit. */
  goesAwayWithNextCommit = false;
  /** Called when a turn begins. */
  onTurn: () => void = () => {};
  private readonly owners: ShardOwner[] = [];
  private lastRunId = 0;

  constructor(
    private readonly workflows: readonly AnyWorkflowDefinition[],
    private readonly options: {
      readonly losesMessages?: boolean;
      readonly resendAfterMs?: number;
      readonly residentRuns?: number;
      readonly movesLargePayloads?: boolean;
      /** What is read of histories at a time. Default as of the port. */
      readonly historyBound?: HistoryBound;
      /** What is read of requests at a time. Default as of the port. */
      readonly requestBound?: RequestBound;
    } = {},
  ) {}

  async createOwner(name: string): Promise<ShardOwner> {
    const { clock } = this;
    const { runStore, definitions: registry } = this.log;
    const outbox = this.failing(this.log.outbox);
    const definitions = new Definitions(this.workflows);
    this.shards = await registry.register({ taskQueue, partitions: 2, build: definitions.build, workflows: definitions.registrations });
    const publisher = {
      publish: async (messages: readonly Message[]) => {
        if (this.isStreamAway) {
          this.refusedPublishes++;
          throw new StreamPublishError('the stream is away', []);
        }
        this.messages.push(...messages);
        return { tooLarge: [] };
      },
    };
    const log = {
      info() {},
      warn: (message: string) => void this.warnings.push(message),
      error: (message: string) => void this.errors.push(message),
    };
    const shardOf = async (id: Shard['id']) => this.shards.find((shard) => shard.id === id);
    const store = this.bounded(this.heldBack(this.failing(runStore)));
    const outgoingRequests = new OutgoingRequests(`${name}/outgoing-requests`, {
      intake: this.failing(this.log.intake),
      outbox,
      publisher,
      clock,
      log,
      placeRun: async ({ workflow, workflowId }) =>
        definitions.get(workflow) ? this.shards[workflowId.length % this.shards.length] : undefined,
      shardOf,
    });
    const sweep = { olderThanMs: 10_000, intervalMs: 5_000 };
    const sweeper = new Sweeper(outbox, store, publisher, shardOf, (closed) => outgoingRequests.conclude(closed), clock, log, sweep);
    const services = {
      outbox,
      publisher,
      clock,
      turns: new TurnLoop({ turnBegan: () => this.onTurn(), turnEnded() {} }),
      definitions,
      outgoingRequests,
      reader: this.failing(this.log.reader),
      ...(this.options.movesLargePayloads && { payloads: this.log.payloads }),
      limits: this.failing(this.log.limits),
      log,
      shardOf,
      newRunId: () => this.newRunId(),
      caughtUpTo: () => this.caughtUpToMs ?? clock.now(),
      sessionIsFresh: () => true,
      losesMessages: this.options.losesMessages ?? true,
    };
    const { residentRuns = 1_000, resendAfterMs = 600_000 } = this.options;
    const options = { name, residentRuns, residentBytes: 64 * 1024 * 1024, resendAfterMs };
    const owner = new ShardOwner(options, services, [store], sweeper, { onShardLost: (shard) => this.lost.push(shard), onRoom() {} });
    this.owners.push(owner);
    return owner;
  }

  /** Inserts a run into `shard`, and gives the message that announces it. */
  async insertRun(workflow: string, shard: Shard, input?: unknown): Promise<Extract<Message, { kind: 'run-started' }>> {
    const id = this.newRunId();
    const payload = encodePayload(input);
    const started = {
      seq: 1,
      type: 'WorkflowStarted',
      at: this.clock.now(),
      data: { workflow, workflowId: id, taskQueue },
      ...(payload !== undefined && { payload }),
    } as const;
    const start = { namespace: 'default', runId: id, shard: shard.id, started, wakesAtMs: undefined };
    const { entry } = await this.log.intake.start('gateway', [start]);
    if (entry !== undefined) await this.log.outbox.deleteEntries([entry]);
    return { kind: 'run-started', to: shard, runId: id, started };
  }

  /** Gives a message to the owner. */
  /** A run that has begun, at an owner that has all shards. */
  async running(workflow: string): Promise<{ readonly owner: ShardOwner; readonly shard: Shard; readonly runId: RunId }> {
    const owner = await this.createOwner('a');
    await owner.gain(this.shards);
    const [shard] = this.shards as [Shard];
    const started = await this.insertRun(workflow, shard);
    this.deliver(owner, started);
    await owner.settled();
    return { owner, shard, runId: started.runId };
  }

  deliver(owner: ShardOwner, message: ShardMessage): void {
    const shard = this.shards.find(({ partition }) => partition === message.to.partition) as Shard;
    owner.accept({ shard: shard.id, message, bytes: 100, done: () => this.done.push(message) });
  }

  /** Completes with `result` all activities that were offered so far. */
  completeActivities(owner: ShardOwner, result: unknown): void {
    const told = this.messages;
    this.messages = [];
    for (const message of told) {
      if (message.kind !== 'activity-task') continue;
      const { runId: id, activitySeq, attempt, replyTo: to } = message;
      const outcome = { outcome: 'completed', result: encodePayload(result) as never } as const;
      this.deliver(owner, { kind: 'activity-finished', to, runId: id, activitySeq, attempt, ...outcome });
    }
  }

  history(id: RunId): Promise<readonly HistoryEvent[]> {
    return this.log.reader.readHistory(id, 0, Number.MAX_SAFE_INTEGER);
  }

  async typesOf(id: RunId): Promise<readonly string[]> {
    return (await this.history(id)).map(({ type }) => type);
  }

  /** Lets time pass, from one alarm to the next. */
  async passTimeUntil(isOver: () => boolean): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isOver()) return;
      const { nextAtMs } = this.clock;
      if (nextAtMs !== undefined) this.clock.advanceTo(Math.max(nextAtMs, this.clock.now()));
    }
  }

  async stop(): Promise<void> {
    this.isAway = () => false;
    this.beforeCommit = async () => {};
    await Promise.all(this.owners.map((owner) => owner.stop()));
  }

  private heldBack(store: RunStore): RunStore {
    return replacing(store, 'commit', async (batch: CommitBatch) => {
      await this.beforeCommit(batch);
      const outcome = await store.commit(batch);
      if (!this.goesAwayWithNextCommit) return outcome;
      this.goesAwayWithNextCommit = false;
      this.isAway = () => true;
      throw new CommitOutcomeUnknownError('the connection was lost');
    });
  }

  private bounded(store: RunStore): RunStore {
    const { historyBound, requestBound } = this.options;
    const bounded = replacing(store, 'loadRuns', (ids) => store.loadRuns(ids, historyBound));
    return replacing(bounded, 'readRequests', (runs) => store.readRequests(runs, requestBound));
  }

  private failing<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          this.onCall(String(name));
          if (!this.isAway(String(name))) return Reflect.apply(method, target, args);
          this.refusedCalls++;
          throw new StoreUnavailableError('the store is away');
        };
      },
    });
  }

  private newRunId(): RunId {
    return runId(`00000000-0000-7000-8000-${String(++this.lastRunId).padStart(12, '0')}`);
  }
}

/** The same port with another method in the place of one. */
function replacing<Port extends object, Name extends keyof Port>(port: Port, name: Name, method: Port[Name]): Port {
  return new Proxy(port, { get: (target, key) => (key === name ? method : Reflect.get(target, key)) });
}
