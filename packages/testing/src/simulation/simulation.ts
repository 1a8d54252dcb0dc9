import {
  type AnyWorkflowDefinition,
  type AttemptOutcome,
  Definitions,
  encodePayload,
  failureOf,
  type HistoryEvent,
  type Log,
  type Message,
  type MessagePublisher,
  type RunId,
  type RunRow,
  runId,
  type Shard,
  type ShardMessage,
  ShardOwner,
  Sweeper,
  type TaskMessage,
  TurnLoop,
} from '@marathon/core';
import { InMemoryEventLog, ManualClock } from '@marathon/memory';
import { Random } from './random.js';

/** What an activity returns whose worker never answers. */
export const unanswered: unique symbol = Symbol('unanswered');

/** An activity of a simulation: what an attempt does. */
export type SimulatedActivity = (input: unknown, attempt: number) => unknown;

export interface SimulationOptions {
  readonly workflows: readonly AnyWorkflowDefinition[];
  readonly activities?: Readonly<Record<string, SimulatedActivity>>;
  /** Everything that happens by chance follows from it. Default 1. */
  readonly seed?: number;
  /** The probability that a message comes twice, 0 by default. */
  readonly duplicates?: number;
  /** Deliver messages in any order, rather than in the order in which they were sent. */
  readonly reorders?: boolean;
  /** The probability, each time a message is delivered, that the owner's process dies first. */
  readonly crashes?: number;
  /** The probability that a commit's connection is lost, half of the time after the commit happened. */
  readonly lostCommits?: number;
  /** Runs kept in memory; 1 makes nearly every event a replay. Default 1,000. */
  readonly residentRuns?: number;
  readonly log?: Log;
}

const silent: Log = { info() {}, warn() {}, error() {} };
const partitions = 4;
const taskQueue = 'default';

/**
 * The real engine on an event log in memory, in virtual time: one process that owns all shards, dies when chance says so, and is
 * followed by the next. The same options and calls give the same histories.
 */
export class Simulation implements MessagePublisher {
  readonly clock = new ManualClock();
  readonly log = new InMemoryEventLog({ clock: this.clock });
  /** How often each attempt of an activity was begun, by `runId:activitySeq:attempt`. */
  readonly attemptsBegun = new Map<string, number>();
  crashCount = 0;
  private readonly random: Random;
  private messages: Message[] = [];
  private shards: readonly Shard[] = [];
  private owner: ShardOwner | undefined;
  private generation = 0;
  private lastRunId = 0;

  constructor(private readonly options: SimulationOptions) {
    this.random = new Random(options.seed ?? 1);
  }

  async publish(messages: readonly Message[]): Promise<{ readonly tooLarge: readonly Message[] }> {
    for (const message of messages) {
      if (message.kind === 'run-events' || message.kind === 'run-closed') continue;
      this.messages.push(message);
      if (this.random.chance(this.options.duplicates ?? 0)) this.messages.push(message);
    }
    return { tooLarge: [] };
  }

  /** Starts a run; it gets going with the next `settle`. */
  async start(
    workflow: string,
    input?: unknown,
    more: { readonly workflowId?: string; readonly startDelayMs?: number; readonly runTimeoutMs?: number } = {},
  ): Promise<RunId> {
    await this.ready();
    const id = this.newRunId();
    const { workflowId = id, ...times } = more;
    const shard = this.shards[this.lastRunId % this.shards.length] as Shard;
    const payload = encodePayload(input);
    const started = {
      seq: 1,
      type: 'WorkflowStarted',
      at: this.clock.now(),
      data: { workflow, workflowId, taskQueue, ...times },
      ...(payload !== undefined && { payload }),
    } as const;
    const delayMs = times.startDelayMs ?? (times.runTimeoutMs === undefined ? undefined : times.runTimeoutMs);
    const wakesAtMs = delayMs === undefined ? undefined : this.clock.now() + delayMs;
    const { outcomes, entry } = await this.log.intake.start('simulated-gateway', [
      { namespace: 'default', runId: id, shard: shard.id, started, wakesAtMs },
    ]);
    if (outcomes[0]?.outcome !== 'started') throw new Error(`not started: ${outcomes[0]?.outcome}`);
    await this.publish([{ kind: 'run-started', to: shard, runId: id, started }]);
    if (entry !== undefined) await this.log.outbox.deleteEntries([entry]);
    return id;
  }

  signal(workflowId: string, name: string, payload?: unknown): Promise<boolean> {
    const encoded = encodePayload(payload);
    return this.request(workflowId, encoded === undefined ? { kind: 'signal', name } : { kind: 'signal', name, payload: encoded });
  }

  /** @returns false when no run with that id is open. */
  async request(workflowId: string, request: Parameters<InMemoryEventLog['intake']['request']>[0][number]['request']): Promise<boolean> {
    const [outcome] = await this.log.intake.request([{ namespace: 'default', workflowId, request }]);
    if (outcome?.outcome !== 'accepted') return false;
    const shard = this.shards.find(({ id }) => id === outcome.shard) as Shard;
    await this.publish([{ kind: 'request-accepted', to: shard, runId: outcome.runId, n: outcome.request.n, request: outcome.request }]);
    return true;
  }

  /** Delivers everything that is under way, and lets time pass up to `untilMs` from now, until nothing moves any more. */
  async settle(untilMs = 0): Promise<void> {
    const endMs = this.clock.now() + untilMs;
    for (;;) {
      await this.deliverAll();
      const nextMs = this.clock.nextAtMs;
      if (nextMs === undefined || nextMs > endMs) break;
      this.clock.advanceTo(Math.max(nextMs, this.clock.now()));
    }
    this.clock.advanceTo(endMs);
    await this.deliverAll();
  }

  /** The process dies: what it had in memory and what was under way to it is gone. */
  async crash(): Promise<void> {
    this.crashCount++;
    const dead = this.owner;
    this.owner = undefined;
    this.messages = [];
    await dead?.stop();
    await this.ready();
  }

  async find(id: RunId): Promise<RunRow> {
    const history = await this.history(id);
    const started = history[0];
    const row = started?.type === 'WorkflowStarted' ? await this.log.reader.find('default', started.data.workflowId, id) : undefined;
    if (!row) throw new Error(`no run ${id}`);
    return row;
  }

  history(id: RunId): Promise<readonly HistoryEvent[]> {
    return this.log.reader.readHistory(id, 0, Number.MAX_SAFE_INTEGER);
  }

  async stop(): Promise<void> {
    await this.owner?.stop();
  }

  private async ready(): Promise<void> {
    if (this.owner) return;
    const definitions = new Definitions(this.options.workflows);
    this.shards = await this.log.definitions.register({ taskQueue, partitions, build: definitions.build, workflows: definitions.names });
    const { clock } = this;
    const { outbox, runStore } = this.log;
    const log = this.options.log ?? silent;
    const sweeper = new Sweeper(outbox, runStore, this, async (id) => this.shards.find((shard) => shard.id === id), clock, log, {
      olderThanMs: 10_000,
      intervalMs: 5_000,
    });
    const turns = new TurnLoop({ turnBegan() {}, turnEnded() {} });
    const services = {
      outbox,
      publisher: this.forGeneration(++this.generation),
      clock,
      turns,
      definitions,
      log,
      newRunId: () => this.newRunId(),
      caughtUpTo: () => clock.now(),
      sessionIsFresh: () => true,
      losesMessages: true,
    };
    const bounds = { residentRuns: this.options.residentRuns ?? 1_000, residentBytes: 64 * 1024 * 1024 };
    this.owner = new ShardOwner({ name: `simulated-${this.generation}`, lanes: 2, ...bounds }, services, [runStore, runStore], sweeper, {
      onShardLost() {},
      onRoom() {},
    });
    await this.owner.gain(this.shards);
    await this.owner.start();
    await sweeper.sweepSource(`simulated-${this.generation - 1}/0`);
    await sweeper.sweepSource(`simulated-${this.generation - 1}/1`);
  }

  /** A dead process publishes nothing. */
  private forGeneration(generation: number): MessagePublisher {
    return { publish: async (messages) => (generation === this.generation ? this.publish(messages) : { tooLarge: [] }) };
  }

  private async deliverAll(): Promise<void> {
    await this.owner?.settled();
    while (this.messages.length > 0) {
      if (this.random.chance(this.options.crashes ?? 0)) await this.crash();
      if (this.random.chance(this.options.lostCommits ?? 0))
        this.log.failNext('commit', this.random.chance(0.5) ? 'lost-before' : 'lost-after');
      const at = this.options.reorders ? this.random.below(this.messages.length) : 0;
      const [message] = this.messages.splice(at, 1);
      if (message) await this.deliver(message);
      await this.owner?.settled();
    }
  }

  private async deliver(message: Message): Promise<void> {
    if (message.kind === 'activity-task') return this.perform(message);
    if (!('to' in message) || message.kind === 'run-closed') return;
    const shard = this.shards.find(({ partition }) => partition === message.to.partition) as Shard;
    this.owner?.accept({ shard: shard.id, message: message as ShardMessage, bytes: 100, done() {} });
  }

  private async perform(task: TaskMessage): Promise<void> {
    const { runId: id, activitySeq, attempt, activity, replyTo: to, input } = task;
    const key = `${id}:${activitySeq}:${attempt}`;
    this.attemptsBegun.set(key, (this.attemptsBegun.get(key) ?? 0) + 1);
    const outcome = await this.outcomeOf(activity, input === undefined ? undefined : JSON.parse(input), attempt);
    if (outcome === unanswered) return;
    await this.publish([{ kind: 'activity-finished', to, runId: id, activitySeq, attempt, ...outcome }]);
  }

  private async outcomeOf(activity: string, input: unknown, attempt: number): Promise<AttemptOutcome | typeof unanswered> {
    const code = this.options.activities?.[activity];
    if (!code) return { outcome: 'handed-back', reason: `no activity "${activity}"` };
    try {
      const value = await code(input, attempt);
      if (value === unanswered) return unanswered;
      const result = encodePayload(value);
      return result === undefined ? { outcome: 'completed' } : { outcome: 'completed', result };
    } catch (thrown) {
      return { outcome: 'failed', failure: failureOf(thrown) };
    }
  }

  private newRunId(): RunId {
    this.lastRunId++;
    return runId(`00000000-0000-7000-8000-${String(this.lastRunId).padStart(12, '0')}`);
  }
}
