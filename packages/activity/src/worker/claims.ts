import {
  type ActivityClaimAnsweredMessage,
  type AttemptRef,
  type Clock,
  type DeadLetters,
  hash64,
  leaseMs,
  type Service,
  type Stream,
} from '@marathon/core';
import { repliesTopic } from '@marathon/protocol';
import { handedBack } from './attempt-outcome.js';
import { MessageReader } from './message-reader.js';
import type { Occurrences } from './occurrences.js';
import type { ReportSender } from './report-sender.js';
import type { Task } from './task.js';

/** How often what is not answered is asked for again, and what is granted and not begun: that keeps its lease. */
const askAgainMs = 2_000;
/** An answer to an older question is worth nothing: the lease that it speaks of may lapse before it is renewed. */
const answerAgeMsMax = leaseMs / 2;
const claimsPerMessageMax = 500;
/** A claim in characters of JSON, roughly. */
const claimSize = 90;

export interface ClaimsSettings {
  readonly stream: Stream;
  readonly clock: Clock;
  readonly identity: string;
  readonly announceAfterMs: number;
  readonly deadLetters: DeadLetters;
}

export interface ClaimsListener {
  /** How many attempts could begin now. */
  room(): number;
  /** The owner of the task's run is asked for it, or asked again. */
  onAsked(task: Task): void;
  /** Tasks may begin that could not before. */
  onGranted(): void;
  /** The task is another worker's, or over. */
  onRefused(task: Task): void;
}

interface Claim {
  readonly notBeforeMs: number;
  askedAtMs: number | undefined;
  /** When the latest question was asked that was answered with yes. */
  grantedAtMs: number | undefined;
}

/**
 * Asks the owners of runs for attempts that another worker may have begun.
 *   C1  A task in doubt begins only on its owner's word. Until then it waits, holds no slot, and is not done.
 *   C2  It is asked for no sooner than one announce time after its partition was gained: by then whoever had the partition
 *       before has announced what it runs.
 *   C3  No more tasks are asked for than could begin; those of one shard in one message.
 *   C4  What is granted to a worker that has let go of the task meanwhile is handed back.
 *   C5  Where messages die with the process there is no doubt: nobody else can have begun what this process is offered.
 */
export class Claims implements Service {
  readonly #settings: ClaimsSettings;
  readonly #sender: ReportSender;
  readonly #listener: ClaimsListener;
  readonly #reader: MessageReader<'activity-claim-answered'>;
  /** In the order in which the tasks came. */
  readonly #claims = new Map<Task, Claim>();
  /** Asked for, and let go before the answer came. */
  readonly #abandoned = new Map<string, { readonly task: Task; readonly askedAtMs: number }>();
  readonly #unsent = new Set<string>();
  #replies: Service | undefined;
  #replyPartition = 0;
  #cancelAsking: (() => void) | undefined;

  constructor(settings: ClaimsSettings, sender: ReportSender, occurrences: Occurrences, listener: ClaimsListener) {
    this.#settings = settings;
    this.#sender = sender;
    this.#listener = listener;
    this.#reader = new MessageReader('activity-claim-answered', occurrences, settings.deadLetters);
  }

  async start(): Promise<void> {
    const { stream, identity } = this.#settings;
    if (stream.durability === 'process') return;
    // Others may read the same partition: each passes over the answers to the others.
    this.#replyPartition = hash64(identity, 0)[0] % (await stream.partitionsOf(repliesTopic));
    this.#replies = stream.tail({
      topic: repliesTopic,
      partition: this.#replyPartition,
      onMessages: (messages) => {
        for (const incoming of messages) {
          const answer = incoming.key.startsWith(this.#questionPrefix) ? this.#reader.read(incoming) : undefined;
          if (answer) this.#take(answer);
        }
      },
    });
    await this.#replies.start();
  }

  async stop(): Promise<void> {
    this.#cancelAsking?.();
    this.#claims.clear();
    await this.#replies?.stop();
  }

  /** How many tasks wait for their owner's word, or have it and have not begun. */
  get size(): number {
    return this.#claims.size;
  }

  /** A task whose partition was gained at `gainedAtMs`. It is claimed if it is in doubt; `ask` does so. */
  add(task: Task, gainedAtMs: number): void {
    if (!task.isRedelivered || this.#settings.stream.durability === 'process') return;
    this.#abandoned.delete(keyOf(task.message));
    this.#claims.set(task, { notBeforeMs: gainedAtMs + this.#settings.announceAfterMs, askedAtMs: undefined, grantedAtMs: undefined });
  }

  mayBegin(task: Task): boolean {
    const claim = this.#claims.get(task);
    return !claim || this.#isFresh(claim.grantedAtMs);
  }

  /** The task begins. @returns true when it was granted, and thus is leased. */
  begin(task: Task): boolean {
    return this.#claims.delete(task);
  }

  /** The task will not begin here. @returns false when it was not in doubt. */
  letGo(task: Task): boolean {
    const claim = this.#claims.get(task);
    if (!claim) return false;
    this.#claims.delete(task);
    if (claim.askedAtMs === undefined) return true;
    if (this.#isFresh(claim.grantedAtMs)) this.#handBack(task);
    else this.#abandoned.set(keyOf(task.message), { task, askedAtMs: claim.askedAtMs });
    for (const [key, { askedAtMs }] of this.#abandoned) if (!this.#isFresh(askedAtMs)) this.#abandoned.delete(key);
    return true;
  }

  /** Asks for what is due. */
  ask(): void {
    this.#cancelAsking?.();
    this.#cancelAsking = undefined;
    if (this.#claims.size === 0) return;
    const nowMs = this.#settings.clock.now();
    for (const [shard, tasks] of Map.groupBy(this.#due(nowMs), shardOf)) void this.#askOwner(shard, tasks, nowMs);
    this.#scheduleNext(nowMs);
  }

  /** An absent stream piles up nothing: a shard is asked again when its last question has gone out. */
  #due(nowMs: number): readonly Task[] {
    let room = this.#listener.room();
    for (const { askedAtMs } of this.#claims.values()) if (askedAtMs !== undefined) room -= 1;
    const due: Task[] = [];
    for (const [task, claim] of this.#claims) {
      const isFirst = claim.askedAtMs === undefined;
      if (isFirst && room <= 0) continue;
      if (nextAtMs(claim) > nowMs || this.#unsent.has(shardOf(task))) continue;
      if (isFirst) room -= 1;
      claim.askedAtMs = nowMs;
      this.#listener.onAsked(task);
      due.push(task);
    }
    return due;
  }

  /** What has waited for its time and finds no room is asked for when there is some. */
  #scheduleNext(nowMs: number): void {
    let earliestMs = Infinity;
    for (const claim of this.#claims.values()) {
      const atMs = nextAtMs(claim);
      if (atMs > nowMs) earliestMs = Math.min(earliestMs, atMs);
    }
    if (earliestMs < Infinity) this.#cancelAsking = this.#settings.clock.at(earliestMs, () => this.ask());
  }

  async #askOwner(shard: string, tasks: readonly Task[], askedAtMs: number): Promise<void> {
    const { identity } = this.#settings;
    const replyTo = { partition: this.#replyPartition, correlationId: `${this.#questionPrefix}${askedAtMs}` };
    const to = (tasks[0] as Task).message.replyTo;
    this.#unsent.add(shard);
    const claims = tasks.map(({ message: { runId, activitySeq, attempt } }) => ({ runId, activitySeq, attempt }));
    const sent: Promise<unknown>[] = [];
    for (let from = 0; from < claims.length; from += claimsPerMessageMax) {
      const some = claims.slice(from, from + claimsPerMessageMax);
      const question = { kind: 'activity-claim-requested', to, worker: identity, claims: some, replyTo } as const;
      sent.push(this.#sender.send(question, some.length * claimSize));
    }
    await Promise.all(sent);
    this.#unsent.delete(shard);
    this.ask();
  }

  #take({ to, answers }: ActivityClaimAnsweredMessage): void {
    const askedAtMs = Number(to.correlationId.slice(this.#questionPrefix.length));
    if (!this.#isFresh(askedAtMs)) return;
    const isGranted = new Map(answers.map((answer) => [keyOf(answer), answer.isGranted]));
    for (const [task, claim] of this.#claims) {
      const answer = isGranted.get(keyOf(task.message));
      if (answer) claim.grantedAtMs = Math.max(askedAtMs, claim.grantedAtMs ?? 0);
      else if (answer === false) this.#refuse(task);
    }
    for (const [key, answer] of isGranted) {
      const abandoned = this.#abandoned.get(key);
      this.#abandoned.delete(key);
      if (abandoned && answer) this.#handBack(abandoned.task);
    }
    this.#listener.onGranted();
  }

  #refuse(task: Task): void {
    this.#claims.delete(task);
    this.#listener.onRefused(task);
  }

  #handBack({ message: { replyTo: to, runId, activitySeq, attempt } }: Task): void {
    const outcome = handedBack('the worker lost the task before it began');
    void this.#sender.send({ kind: 'activity-finished', to, runId, activitySeq, attempt, ...outcome }, claimSize);
  }

  #isFresh(askedAtMs: number | undefined): boolean {
    return askedAtMs !== undefined && this.#settings.clock.now() - askedAtMs < answerAgeMsMax;
  }

  /** Answers are known by it, without being read, in a topic that has others in plenty. */
  get #questionPrefix(): string {
    return `${this.#settings.identity}@`;
  }
}

const nextAtMs = ({ askedAtMs, notBeforeMs }: Claim): number => (askedAtMs === undefined ? notBeforeMs : askedAtMs + askAgainMs);
const keyOf = ({ runId, activitySeq, attempt }: AttemptRef): string => `${runId}:${activitySeq}:${attempt}`;
const shardOf = ({ message: { replyTo } }: Task): string => `${replyTo.taskQueue}/${replyTo.partition}`;
