import {
  type AttemptRef,
  type DeadLetterMessage,
  Definitions,
  type EventData,
  encodePayload,
  type HistoryEvent,
  isClosed,
  type LimitOptions,
  type Log,
  type Message,
  type NewRequest,
  type Payload,
  type RequestIntake,
  type RunAdvance,
  type RunAnsweredMessage,
  type RunClosedMessage,
  type RunId,
  type RunRequest,
  type RunRow,
  runId,
  type Shard,
} from '@marathon/core';
import { InMemoryEventLog, ManualClock, Random } from '@marathon/memory';
import { Chance } from './chance.js';
import { LargePayloads } from './large-payloads.js';
import { type Offer, OfferedUpdates } from './offered-updates.js';
import { PassingTime } from './passing-time.js';
import { SimulatedFleet } from './simulated-fleet.js';
import { SimulatedProcess } from './simulated-process.js';
import { SimulatedStream } from './simulated-stream.js';
import { SimulatedWorkers } from './simulated-workers.js';
import type { SimulationOptions } from './simulation-options.js';
import { WorkflowAlreadyOpenError } from './workflow-already-open.error.js';

/** A request that was answered with "accepted". */
export interface AcceptedRequest {
  readonly runId: RunId;
  readonly request: RunRequest;
}

const silent: Log = { info() {}, warn() {}, error() {} };
const partitions = 4;
const taskQueue = 'default';

/**
 * The real engine on an event log in memory, in virtual time: processes that share the shards, die or stand still when chance says
 * so, and are followed by others. The same options and calls give the same histories.
 */
export class Simulation {
  readonly clock: ManualClock;
  readonly eventLog: InMemoryEventLog;
  readonly accepted: AcceptedRequest[] = [];
  /** Answers to gateways that wait, by correlation id. */
  readonly replies = new Map<string, RunClosedMessage>();
  /** Answers to queries, by correlation id. */
  readonly answers = new Map<string, RunAnsweredMessage>();
  readonly deadLetters: DeadLetterMessage[] = [];
  readonly chance: Chance;
  readonly workers: SimulatedWorkers;
  /** Called when an advance of a run is durable, before the process that made it knows. */
  onAdvanced: (advance: RunAdvance) => void = () => {};
  private readonly largePayloads: LargePayloads | undefined;
  private readonly offeredUpdates: OfferedUpdates;
  private readonly random: Random;
  private readonly stream: SimulatedStream;
  private definitions: Definitions;
  private readonly isStreamDurable: boolean;
  private readonly fleet: SimulatedFleet;
  private shards: readonly Shard[] = [];
  private readonly open = new Set<RunId>();
  private readonly time: PassingTime;
  private lastRunId = 0;
  /** Moments at which the process could have died so far. */
  private crashPoints = 0;

  constructor(private readonly options: SimulationOptions) {
    const { seed = 1, faults = {}, activities = {}, processes = 1, isStreamDurable = processes > 1 } = options;
    this.clock = new ManualClock(options.startsAtMs);
    this.eventLog = new InMemoryEventLog({ clock: this.clock });
    this.offeredUpdates = new OfferedUpdates(this.clock, (intake) => this.accept(intake));
    this.time = new PassingTime(this.clock, {
      skipsIdleTimeAfterMs: options.skipsIdleTimeAfterMs ?? Number.POSITIVE_INFINITY,
      isAtWork: () => options.awaitsRealWork === true && this.isAtWork,
      nextWakeUpMs: () => this.nextWakeUpMs(),
    });
    this.random = new Random(seed);
    this.chance = new Chance(this.random, faults);
    this.isStreamDurable = isStreamDurable;
    this.definitions = new Definitions(options.workflows);
    const activityOf = (name: string) => activities[name] ?? options.otherActivity?.(name);
    this.largePayloads = options.movesLargePayloads ? new LargePayloads(this.eventLog.payloads) : undefined;
    const send = (messages: readonly Message[]) => this.publish(messages);
    this.workers = new SimulatedWorkers(activityOf, isStreamDurable, this.clock, this.random, this.chance, this.largePayloads, send);
    this.stream = new SimulatedStream(this.clock, this.random, this.chance, {
      onTask: (task) => this.workers.take(task),
      onClaimAnswered: (answer) => this.workers.takeAnswer(answer),
      onDeadLetter: (letter) => this.deadLetters.push(letter),
      onReply: (reply) => this.replies.set(reply.to.correlationId, reply),
      onAnswer: (answer) => {
        this.answers.set(answer.to.correlationId, answer);
        this.offeredUpdates.onAnswer(answer);
      },
    });
    const { clock, random, chance, stream } = this;
    const world = { clock, random, chance, stream, size: processes, isStreamDurable, movesShards: (faults.moves ?? 0) > 0 };
    this.fleet = new SimulatedFleet({
      ...world,
      newProcess: (number) => this.newProcess(number),
      onDeath: () => this.onDeath(),
    });
  }

  /** Starts a run; it gets going with the next `settle`. */
  async start(
    workflow: string,
    input?: unknown,
    more: Pick<Partial<EventData['WorkflowStarted']>, 'workflowId' | 'startDelayMs' | 'runTimeoutMs' | 'memo' | 'searchAttributes'> &
      LimitOptions = {},
  ): Promise<RunId> {
    await this.ready();
    const id = this.newRunId();
    const { workflowId = id, ...stated } = more;
    const shard = this.shards[this.lastRunId % this.shards.length] as Shard;
    const payload = encodePayload(input);
    const now = this.clock.now();
    const data = { workflow, workflowId, taskQueue, ...stated };
    const first = { seq: 1, type: 'WorkflowStarted', at: now, data, ...(payload !== undefined && { payload }) } as const;
    const started = this.largePayloads ? await this.largePayloads.moveOut(first) : first;
    const delayMs = stated.startDelayMs ?? stated.runTimeoutMs;
    const wakesAtMs = delayMs === undefined ? undefined : now + delayMs;
    const { outcomes, entry } = await this.eventLog.intake.start('simulated-gateway', [
      { namespace: 'default', runId: id, shard: shard.id, started, wakesAtMs },
    ]);
    if (outcomes[0]?.outcome !== 'started') throw new WorkflowAlreadyOpenError(workflowId);
    this.open.add(id);
    if (this.chance.of('lostMessages')) return id;
    this.publish([{ kind: 'run-started', to: shard, runId: id, started }]);
    if (entry !== undefined) await this.eventLog.outbox.deleteEntries([entry]);
    return id;
  }

  /** Sends a signal as a client does. Resolves, as soon as it is accepted or refused, with whether it was accepted. */
  signal(workflowId: string, name: string, payload?: unknown): Promise<boolean> {
    const encoded = encodePayload(payload);
    return this.request(workflowId, encoded === undefined ? { kind: 'signal', name } : { kind: 'signal', name, payload: encoded });
  }

  /** @returns false when no run with that id is open. */
  async request(workflowId: string, whole: NewRequest, of?: RunId): Promise<boolean> {
    const request = this.largePayloads && 'payload' in whole ? await this.largePayloads.moveOut(whole) : whole;
    const key = request.kind === 'update' ? { idempotencyKey: request.updateId } : {};
    return this.accept({ namespace: 'default', workflowId, request, ...(of && { runId: of }), ...key });
  }

  private async accept(intake: RequestIntake): Promise<boolean> {
    const [outcome] = await this.eventLog.intake.request([intake]);
    if (outcome?.outcome !== 'accepted') return false;
    const { runId: id, shard, request: numbered } = outcome;
    this.accepted.push({ runId: id, request: numbered });
    if (this.chance.of('lostMessages')) return true;
    this.publish([{ kind: 'request-accepted', to: this.shard(shard), runId: id, n: numbered.n, request: numbered }]);
    return true;
  }

  /**
   * Sends an update as a gateway does that knows where its run is: offers it to the owner, and has it accepted as every request when the
   * owner declines, or says nothing for a while.
   */
  async offerUpdate(workflowId: string, update: Offer): Promise<void> {
    const row = await this.eventLog.reader.find('default', workflowId);
    const correlationId = this.offeredUpdates.open(workflowId, update);
    if (!row || this.chance.of('lostMessages')) return;
    const replyTo = { partition: 0, correlationId };
    this.publish([{ kind: 'update-offered', to: this.shard(row.shard), runId: row.runId, ...update, fingerprint: update.name, replyTo }]);
  }

  /** Whoever has the token of an attempt says that it is at it. */
  async heartbeat(attempt: AttemptRef, details: Payload | undefined): Promise<void> {
    const { shard } = await this.find(attempt.runId);
    const heartbeat = { atMs: this.clock.now(), ...(details !== undefined && { details }) };
    this.publish([{ kind: 'leases-renewed', to: this.shard(shard), worker: 'simulated-gateway', leases: [{ ...attempt, heartbeat }] }]);
  }

  /** A gateway asks the run's owner to be told when it closes; the answer is found in `replies`. */
  async awaitResult(id: RunId, correlationId: string): Promise<void> {
    const { shard } = await this.find(id);
    this.publish([{ kind: 'result-awaited', to: this.shard(shard), runId: id, replyTo: { partition: 0, correlationId } }]);
  }

  /** Asks the code of a run; the answer is found in `answers`. */
  async query(id: RunId, name: string, input: unknown, correlationId: string): Promise<void> {
    const { shard } = await this.find(id);
    const encoded = encodePayload(input);
    const query = { runId: id, name, replyTo: { partition: 0, correlationId }, ...(encoded !== undefined && { input: encoded }) };
    this.publish([{ kind: 'query-requested', to: this.shard(shard), ...query }]);
  }

  /** Delivers everything that is under way, and lets time pass up to `untilMs` from now. */
  async settle(untilMs = 0): Promise<void> {
    await this.settleUntil(() => false, untilMs);
  }

  /**
   * As `settle`, and returns true as soon as the condition holds. Without an end, it returns false when nothing is due any more.
   */
  async settleUntil(condition: () => boolean | Promise<boolean>, untilMs: number): Promise<boolean> {
    await this.ready();
    const endMs = this.clock.now() + untilMs;
    for (;;) {
      await this.time.atRest();
      if (await condition()) return true;
      const nextMs = await this.time.nextAtMs();
      if (nextMs === undefined || nextMs > endMs) break;
      this.clock.advanceTo(Math.max(nextMs, this.clock.now()));
    }
    if (endMs < Number.POSITIVE_INFINITY) this.clock.advanceTo(endMs);
    return false;
  }

  /** A process dies: what it had in memory is gone, and with it all messages unless the stream is durable. */
  async crash(): Promise<void> {
    await this.ready();
    this.fleet.crash();
    await this.settle();
  }

  /** The processes die, and are followed by others of another build, of the same code. */
  async deploy(build: string): Promise<void> {
    await this.ready();
    this.definitions = new Definitions(this.options.workflows, build);
    this.fleet.crashAll();
  }

  /** All messages that are under way are gone; processes and workers live on. */
  loseMessages(): void {
    this.stream.loseMessages();
  }

  /** A shard goes to another process; the one that has it learns of it some time later, or when it is refused. */
  move(shard: Shard): Promise<void> {
    return this.fleet.move(shard);
  }

  /** The row of a run. @throws Error when there is no such run */
  async find(id: RunId): Promise<RunRow> {
    const [started] = await this.history(id);
    const row = started?.type === 'WorkflowStarted' && (await this.eventLog.reader.find('default', started.data.workflowId, id));
    if (!row) throw new Error(`no run ${id}`);
    return row;
  }

  /** Of a run, as it is committed. */
  history(id: RunId): Promise<readonly HistoryEvent[]> {
    return this.eventLog.reader.readHistory(id, 0, Number.MAX_SAFE_INTEGER);
  }

  /** See `SimulationOptions`. */
  get movesLargePayloads(): boolean {
    return this.largePayloads !== undefined;
  }

  /** How many processes have died. */
  get crashCount(): number {
    return this.fleet.crashCount;
  }

  /** How many runs are open. */
  get openRuns(): number {
    return this.open.size;
  }

  /** Processes that are alive, to look into. */
  get alive(): readonly SimulatedProcess[] {
    return this.fleet.alive;
  }

  /** Ends all processes in order. */
  async stop(): Promise<void> {
    this.chance.calm();
    let isOver = false;
    const stopped = this.fleet.stop().finally(() => {
      isOver = true;
    });
    // Calls that are under way may be slow: they end when time passes.
    if (this.shards.length > 0) await this.settleUntil(() => isOver, Number.POSITIVE_INFINITY);
    await stopped;
  }

  private async ready(): Promise<void> {
    if (this.shards.length > 0) return;
    const { build, registrations } = this.definitions;
    this.shards = await this.eventLog.definitions.register({ taskQueue, partitions, build, workflows: registrations });
    this.fleet.begin(this.shards);
  }

  private newProcess(number: number): SimulatedProcess {
    const { clock, eventLog, random, chance, definitions, stream, isStreamDurable } = this;
    const process = new SimulatedProcess(`simulated-${number}`, {
      clock,
      eventLog,
      random,
      chance,
      definitions,
      log: this.options.log ?? silent,
      residentRuns: this.options.residentRuns ?? 1_000,
      losesMessages: !isStreamDurable,
      movesLargePayloads: this.options.movesLargePayloads ?? false,
      ...(this.options.resendAfterMs !== undefined && { resendAfterMs: this.options.resendAfterMs }),
      publish: (messages) => this.publish(messages),
      newRunId: () => this.newRunId(),
      caughtUpTo: ({ partition }) => (this.fleet.hasPartition(process, partition) ? stream.caughtUpTo(partition) : 0),
      shardOf: (id) => this.shards.find((shard) => shard.id === id),
      stir: () => this.time.stir(),
      sendLateSignal: async (runId) => void (await this.signal((await this.find(runId)).workflowId, 'late')),
      onShardLost: (loser, shard) => this.fleet.askForBack(loser, shard),
      onDoomed: (doomed) => this.fleet.strike(doomed),
      isCrashPoint: () => ++this.crashPoints === this.options.crashPoint,
      onAdvanced: (advance) => this.advanced(advance),
      onStarted: (starts) => {
        for (const { runId: id } of starts) this.open.add(id);
      },
      onRequested: (outcomes) => {
        for (const outcome of outcomes)
          if (outcome.outcome === 'accepted') this.accepted.push({ runId: outcome.runId, request: outcome.request });
      },
      onAdmitted: ({ requests }) => this.accepted.push(...requests.map(({ runId: id, request }) => ({ runId: id, request }))),
      placeOf: (workflowId) => this.shards[workflowId.length % this.shards.length] as Shard,
    });
    void process.start();
    return process;
  }

  /** What the process had in memory is gone. */
  private onDeath(): void {
    this.time.enliven();
    if (this.isStreamDurable) return;
    this.stream.loseEverything();
    this.workers.die();
  }

  private advanced(advance: RunAdvance): void {
    if (isClosed(advance.status)) this.open.delete(advance.runId);
    if (advance.successor) this.open.add(advance.successor.runId);
    for (const update of advance.accepted ?? [])
      this.accepted.push({ runId: advance.runId, request: this.offeredUpdates.requestOf(update) });
    this.onAdvanced(advance);
  }

  private publish(messages: readonly Message[]): void {
    this.time.enliven();
    this.stream.publish(messages);
  }

  private get isAtWork(): boolean {
    return this.workers.performing > 0 || this.alive.some(({ owner }) => owner.stepsUnderWay > 0);
  }

  private async nextWakeUpMs(): Promise<number | undefined> {
    const ids = this.shards.map(({ id }) => id);
    const [first] = await this.eventLog.runStore.readWakeUps(ids, Number.MAX_SAFE_INTEGER, 1);
    const nextMs = Math.min(first?.atMs ?? Number.POSITIVE_INFINITY, this.eventLog.nextAdmissionAtMs ?? Number.POSITIVE_INFINITY);
    return nextMs < Number.POSITIVE_INFINITY ? nextMs : undefined;
  }

  private shard(id: Shard['id']): Shard {
    return this.shards.find((shard) => shard.id === id) as Shard;
  }

  private newRunId(): RunId {
    this.lastRunId++;
    return runId(`00000000-0000-7000-8000-${String(this.lastRunId).padStart(12, '0')}`);
  }
}
