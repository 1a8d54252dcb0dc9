import {
  type AnyWorkflowDefinition,
  type CommitBatch,
  Definitions,
  encodePayload,
  type Message,
  OutgoingRequests,
  type RunId,
  type RunIntake,
  type RunStore,
  runId,
  type Shard,
  type ShardMessage,
  ShardOwner,
  Sweeper,
  TurnLoop,
} from '@marathon/core';
import { SystemClock, UuidV7 } from '@marathon/host';
import { PostgresDatabase } from '@marathon/postgres';

const taskQueue = 'default';
const log = { info() {}, warn() {}, error() {} };

export interface OwnerOptions {
  readonly databaseUrl: string;
  readonly name: string;
  readonly workflows: readonly AnyWorkflowDefinition[];
  readonly partitions: number;
}

/** An owner of shards on a real PostgreSQL, with one lane. The stream is the test: it takes what is told, and delivers what it likes. */
export class OwnerOnPostgres {
  /** What was told, in order. */
  readonly told: Message[] = [];
  /** Deliveries that were reported as finished. */
  readonly done: ShardMessage[] = [];
  /** Shards that it knows it has lost to another. */
  readonly lost: Shard[] = [];
  /** Called with what was told. */
  onTold: (messages: readonly Message[]) => void = () => {};
  /** Commits wait for it. */
  private gate: Promise<void> = Promise.resolve();
  private release: () => void = () => {};
  private onHeld: () => void = () => {};

  private constructor(
    readonly owner: ShardOwner,
    readonly store: RunStore,
    readonly intake: RunIntake,
    readonly shards: readonly Shard[],
    private readonly database: PostgresDatabase,
  ) {}

  static async open({ databaseUrl, name, workflows, partitions }: OwnerOptions): Promise<OwnerOnPostgres> {
    const database = new PostgresDatabase({ connectionString: databaseUrl, log });
    const definitions = new Definitions(workflows);
    const { build, registrations } = definitions;
    const shards = await database.definitions.register({ taskQueue, partitions, build, workflows: registrations });
    const clock = new SystemClock();
    const runIds = new UuidV7(() => clock.now());
    const { outbox } = database;
    const store = database.openRunStore(name);
    const publisher = { publish: async (messages: readonly Message[]) => opened.publish(messages) };
    const shardOf = async (id: Shard['id']) => shards.find((shard) => shard.id === id);
    const intake = database.openRunIntake(name);
    const placeRun = async () => shards[0];
    const outgoingRequests = new OutgoingRequests(`${name}/outgoing-requests`, {
      intake,
      outbox,
      publisher,
      clock,
      log,
      placeRun,
      shardOf,
    });
    const sweep = { olderThanMs: 10_000, intervalMs: 5_000 };
    const sweeper = new Sweeper(outbox, store, publisher, shardOf, (closed) => outgoingRequests.conclude(closed), clock, log, sweep);
    const services = {
      outbox,
      publisher,
      clock,
      turns: new TurnLoop({ turnBegan() {}, turnEnded() {} }),
      definitions,
      outgoingRequests,
      reader: database.reader,
      limits: database.limits,
      log,
      shardOf,
      newRunId: () => runId(runIds.next()),
      caughtUpTo: () => clock.now(),
      sessionIsFresh: () => true,
      losesMessages: true,
    };
    const bounds = { residentRuns: 1_000, residentBytes: 64 * 1024 * 1024, resendAfterMs: 600_000 };
    const holding = holdingCommits(store, () => opened.held());
    const listener = { onShardLost: (shard: Shard) => void opened.lost.push(shard), onRoom() {} };
    const owner = new ShardOwner({ name, ...bounds }, services, [holding], sweeper, listener);
    const opened: OwnerOnPostgres = new OwnerOnPostgres(owner, store, intake, shards, database);
    return opened;
  }

  /** Holds back every commit from now on. `reached` resolves when there is one; `release` lets them go. */
  holdCommits(): { readonly reached: Promise<void>; release(): void } {
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    this.gate = gate.promise;
    this.release = gate.resolve;
    this.onHeld = reached.resolve;
    return { reached: reached.promise, release: gate.resolve };
  }

  /** Starts a run in a shard, as a gateway does, and gives the message that announces it. */
  async start(workflow: string, shard: Shard, input?: unknown): Promise<Extract<Message, { kind: 'run-started' }>> {
    const id = runId(crypto.randomUUID());
    const payload = encodePayload(input);
    const started = {
      seq: 1,
      type: 'WorkflowStarted',
      at: Date.now(),
      data: { workflow, workflowId: id, taskQueue },
      ...(payload !== undefined && { payload }),
    } as const;
    await this.intake.start('gateway', [{ namespace: 'default', runId: id, shard: shard.id, started, wakesAtMs: undefined }]);
    return { kind: 'run-started', to: shard, runId: id, started };
  }

  deliver(...messages: readonly ShardMessage[]): void {
    for (const message of messages) {
      const shard = this.shards.find(({ partition }) => partition === message.to.partition) as Shard;
      this.owner.accept({ shard: shard.id, message, bytes: 100, done: () => this.done.push(message) });
    }
  }

  /** The kinds of what was told of one run, watchers' copies left out. */
  toldOf(id: RunId): readonly string[] {
    return this.told.flatMap((message) => ('runId' in message && message.runId === id ? message.kind : []));
  }

  async stop(): Promise<void> {
    this.release();
    await this.owner.stop();
    await this.database.close();
  }

  private async publish(messages: readonly Message[]): Promise<{ readonly tooLarge: readonly Message[] }> {
    this.told.push(...messages);
    this.onTold(messages);
    return { tooLarge: [] };
  }

  private held(): Promise<void> {
    this.onHeld();
    return this.gate;
  }
}

function holdingCommits(store: RunStore, held: () => Promise<void>): RunStore {
  const commit = async (batch: CommitBatch) => {
    await held();
    return store.commit(batch);
  };
  return new Proxy(store, { get: (target, name) => (name === 'commit' ? commit : Reflect.get(target, name)) });
}
