import type { Clock, DeadLetters, IncomingMessage, Stream, StreamConsumer, TopicPartition } from '@marathon/core';
import { activityTopic } from '@marathon/protocol';
import type { Claims } from './claims.js';
import { MessageReader } from './message-reader.js';
import type { Occurrences } from './occurrences.js';
import { Task } from './task.js';

export interface TaskIntakeListener {
  onTasks(): void;
  /** What runs of these partitions goes on; another worker may get the same tasks when the promise has resolved. */
  onRevoked(partitions: readonly TopicPartition[]): Promise<unknown>;
}

export interface TaskIntakeSettings {
  readonly stream: Stream;
  readonly clock: Clock;
  readonly taskQueues: readonly string[];
  /** How many tasks are read ahead, give or take what comes at once. */
  readonly countMax: number;
  readonly deadLetters: DeadLetters;
}

interface Assignment extends TopicPartition {
  readonly sinceMs: number;
}

interface QueueConsumer {
  readonly consumer: StreamConsumer;
  readonly assigned: Map<string, Assignment>;
}

/** In characters, whatever the number of tasks. */
const waitingSizeMax = 16 * 1_024 * 1_024;
/** Times `countMax`. */
const inDoubtMax = 10;

/**
 * Takes tasks off the stream and holds them, in the order they came, until there is room to run them.
 *   I1  What waits is bounded: at `countMax` tasks, ten times as many in doubt or 16 Mi characters all partitions are paused, at half
 *       of it they go on. Tasks in doubt wait for seconds, others behind them need not.
 *   I2  A task that was not begun is never reported done: the stream gives it to the next worker.
 *   I3  A message that is no task is reported done when its dead letter is published. It blocks nothing; many of them pause all.
 *   I4  A task in doubt keeps its place while it is claimed, and others pass it.
 */
export class TaskIntake {
  readonly #settings: TaskIntakeSettings;
  readonly #claims: Claims;
  readonly #listener: TaskIntakeListener;
  readonly #reader: MessageReader<'activity-task'>;
  readonly #queues: QueueConsumer[] = [];
  #waiting: Task[] = [];
  #waitingSize = 0;
  #isPaused = false;
  #isClosed = false;

  constructor(settings: TaskIntakeSettings, claims: Claims, occurrences: Occurrences, listener: TaskIntakeListener) {
    this.#settings = settings;
    this.#claims = claims;
    this.#listener = listener;
    this.#reader = new MessageReader('activity-task', occurrences, settings.deadLetters);
  }

  async start(): Promise<void> {
    for (const taskQueue of this.#settings.taskQueues) {
      const queue = this.#subscribe(activityTopic(taskQueue));
      this.#queues.push(queue);
      await queue.consumer.start();
    }
  }

  /** How many tasks wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** The task that waited longest, of those that may begin. */
  next(): Task | undefined {
    const task = this.#waiting.find((waiting) => this.#claims.mayBegin(waiting));
    if (task) this.#remove(task);
    return task;
  }

  /** The task is not to be run: another has it, or it is over. */
  drop(task: Task): void {
    this.#remove(task);
    task.done();
  }

  /** Takes nothing more, and lets go of what waits. */
  close(): void {
    this.#isClosed = true;
    this.#pause();
    for (const task of this.#waiting) if (!this.#claims.letGo(task)) task.letGo();
    this.#waiting = [];
    this.#waitingSize = 0;
  }

  /** Leaves the groups: the partitions go to other workers. */
  async leave(): Promise<void> {
    await Promise.all(this.#queues.map(({ consumer }) => consumer.stop()));
  }

  #subscribe(topic: string): QueueConsumer {
    const { stream, clock } = this.#settings;
    const assigned = new Map<string, Assignment>();
    const consumer: StreamConsumer = stream.subscribe({
      group: topic,
      topics: [topic],
      onAssigned: async (partitions) => {
        for (const partition of partitions) assigned.set(nameOf(partition), { ...partition, sinceMs: clock.now() });
        if (this.#isPaused) consumer.pause(partitions);
      },
      onRevoked: async (partitions) => {
        for (const partition of partitions) assigned.delete(nameOf(partition));
        this.#letGo(partitions);
        await this.#listener.onRevoked(partitions);
      },
      onMessages: (messages) => this.#take(messages, consumer, (partition) => assigned.get(nameOf(partition))?.sinceMs ?? clock.now()),
    });
    return { consumer, assigned };
  }

  #take(messages: readonly IncomingMessage[], consumer: StreamConsumer, gainedAtMs: (partition: TopicPartition) => number): void {
    if (this.#isClosed) return;
    for (const incoming of messages) {
      const message = this.#reader.read(incoming, () => consumer.done([incoming]));
      if (!message) continue;
      const task = new Task(message, incoming, consumer);
      this.#claims.add(task, gainedAtMs(incoming));
      this.#waiting.push(task);
      this.#waitingSize += task.size;
    }
    this.#listener.onTasks();
    if (!this.#isPaused && (this.#fullness >= 1 || !this.#settings.deadLetters.hasRoom)) this.#pause();
  }

  /** Of what may wait, the part that does: of the bound that is nearest. */
  get #fullness(): number {
    const { countMax } = this.#settings;
    const inDoubt = this.#claims.size;
    return Math.max((this.#waiting.length - inDoubt) / countMax, inDoubt / (inDoubtMax * countMax), this.#waitingSize / waitingSizeMax);
  }

  #remove(task: Task): void {
    this.#waiting.splice(this.#waiting.indexOf(task), 1);
    this.#waitingSize -= task.size;
    this.#resumeWhenHalfEmpty();
  }

  #letGo(partitions: readonly TopicPartition[]): void {
    const [lost, kept] = [true, false].map((isLost) => this.#waiting.filter((task) => task.isFrom(partitions) === isLost));
    for (const task of lost ?? []) this.#claims.letGo(task);
    this.#waiting = kept ?? [];
    this.#waitingSize = this.#waiting.reduce((size, task) => size + task.size, 0);
    this.#resumeWhenHalfEmpty();
  }

  #pause(): void {
    this.#isPaused = true;
    for (const { consumer, assigned } of this.#queues) consumer.pause([...assigned.values()]);
  }

  /** Dead letters have room again. */
  onRoom(): void {
    this.#resumeWhenHalfEmpty();
  }

  #resumeWhenHalfEmpty(): void {
    if (!this.#isPaused || this.#isClosed || this.#fullness > 0.5 || !this.#settings.deadLetters.hasRoom) return;
    this.#isPaused = false;
    for (const { consumer, assigned } of this.#queues) consumer.resume([...assigned.values()]);
  }
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
