import type {
  ActivityClaimAnsweredMessage,
  DeadLetterMessage,
  Message,
  RunAnsweredMessage,
  RunClosedMessage,
  ShardMessage,
  TaskMessage,
} from '@marathon/core';
import type { ManualClock, Random } from '@marathon/memory';
import type { Chance } from './chance.js';

/** Takes a message of a partition, unfinished at its last change of hands perhaps; `done` says that what it caused is committed. */
export type Receiver = (message: ShardMessage, redelivered: boolean, done: () => void) => void;

interface Kept {
  readonly message: ShardMessage;
  readonly publishedAtMs: number;
  isHanded: boolean;
  isRedelivered: boolean;
}

export interface StreamListener {
  onTask(task: TaskMessage): void;
  onReply(reply: RunClosedMessage): void;
  onAnswer(answer: RunAnsweredMessage): void;
  onClaimAnswered(answer: ActivityClaimAnsweredMessage): void;
  onDeadLetter(letter: DeadLetterMessage): void;
}

/**
 * Messages under way, with the freedom that a stream has: twice, late, in any order, and once more for whoever gains a partition
 * whose messages are unfinished.
 */
export class SimulatedStream {
  readonly #unfinished = new Map<number, Set<Kept>>();
  readonly #receivers = new Map<number, Receiver>();
  #generation = 0;

  constructor(
    readonly clock: ManualClock,
    readonly random: Random,
    readonly chance: Chance,
    readonly listener: StreamListener,
  ) {}

  publish(messages: readonly Message[]): void {
    for (const message of messages) {
      this.#send(message);
      if (this.chance.of('duplicates')) this.#send(message);
    }
  }

  /** From here on the receiver gets the partition's messages, those first that nobody has finished. */
  consume(partition: number, receiver: Receiver): void {
    this.#receivers.set(partition, receiver);
    for (const kept of this.#of(partition)) {
      kept.isHanded = false;
      kept.isRedelivered = true;
      this.#later(() => this.#deliver(partition, kept));
    }
  }

  /** Nobody consumes the partition for now. */
  release(partition: number): void {
    this.#receivers.delete(partition);
  }

  /** Everything that is under way is gone, as when the process that holds it dies. */
  loseEverything(): void {
    this.#generation++;
    this.#unfinished.clear();
    this.#receivers.clear();
  }

  /** Everything that is under way is gone, as when the data of the brokers is deleted; who consumes a partition goes on with it. */
  loseMessages(): void {
    this.#generation++;
    this.#unfinished.clear();
  }

  /** See `StreamConsumer.caughtUpTo`. */
  caughtUpTo(partition: number): number {
    if (!this.#receivers.has(partition)) return 0;
    let caughtUpTo = this.clock.now();
    for (const { isHanded, publishedAtMs } of this.#of(partition)) if (!isHanded) caughtUpTo = Math.min(caughtUpTo, publishedAtMs - 1);
    return caughtUpTo;
  }

  #send(message: Message): void {
    if (message.kind === 'activity-task') return this.#later(() => this.listener.onTask(message));
    if (message.kind === 'run-closed') return this.#later(() => this.listener.onReply(message));
    if (message.kind === 'activity-claim-answered') return this.#later(() => this.listener.onClaimAnswered(message));
    if (message.kind === 'run-answered') return this.#later(() => this.listener.onAnswer(message));
    if (message.kind === 'dead-letter') return this.listener.onDeadLetter(message);
    if (message.kind === 'run-events' || message.kind === 'activity-cancel-requested') return;
    const { partition } = message.to;
    const kept = { message, publishedAtMs: this.clock.now(), isHanded: false, isRedelivered: false };
    this.#of(partition).add(kept);
    this.#later(() => this.#deliver(partition, kept));
  }

  #deliver(partition: number, kept: Kept): void {
    const receiver = this.#receivers.get(partition);
    const unfinished = this.#of(partition);
    if (!receiver || kept.isHanded || !unfinished.has(kept)) return;
    kept.isHanded = true;
    receiver(kept.message, kept.isRedelivered, () => unfinished.delete(kept));
  }

  #of(partition: number): Set<Kept> {
    const known = this.#unfinished.get(partition);
    if (known) return known;
    const unfinished = new Set<Kept>();
    this.#unfinished.set(partition, unfinished);
    return unfinished;
  }

  #later(action: () => void): void {
    const generation = this.#generation;
    const delayMs = this.chance.of('delays') ? this.random.below(this.chance.delayMsMax) : 0;
    this.clock.at(this.clock.now() + delayMs, () => {
      if (generation === this.#generation) action();
    });
  }
}
