import type { IncomingMessage, Stream, StreamConsumer, TopicPartition } from '@marathon/core';
import { activityTopic } from '@marathon/protocol';
import { MessageReader } from './message-reader.js';
import type { Occurrences } from './occurrences.js';
import { Task } from './task.js';

export interface TaskIntakeListener {
  onTasks(): void;
  /** What runs of these partitions goes on; another worker may get the same tasks. */
  onRevoked(partitions: readonly TopicPartition[]): void;
}

interface QueueConsumer {
  readonly consumer: StreamConsumer;
  readonly assigned: Map<string, TopicPartition>;
}

/** In characters, whatever the number of tasks. */
const waitingSizeMax = 16 * 1_024 * 1_024;

/**
 * Takes tasks off the stream and holds them, in the order they came, until there is room to run them.
 *   I1  What waits is bounded: at `countMax` tasks or 16 Mi characters all partitions are paused, at half of it they go on.
 *   I2  A task that was not begun is never reported done: the stream gives it to the next worker.
 *   I3  A message that is no task is reported done. It blocks nothing.
 */
export class TaskIntake {
  readonly #stream: Stream;
  readonly #taskQueues: readonly string[];
  readonly #countMax: number;
  readonly #listener: TaskIntakeListener;
  readonly #reader: MessageReader<'activity-task'>;
  readonly #queues: QueueConsumer[] = [];
  #waiting: Task[] = [];
  #waitingSize = 0;
  #isPaused = false;
  #isClosed = false;

  constructor(stream: Stream, taskQueues: readonly string[], countMax: number, occurrences: Occurrences, listener: TaskIntakeListener) {
    this.#stream = stream;
    this.#taskQueues = taskQueues;
    this.#countMax = countMax;
    this.#listener = listener;
    this.#reader = new MessageReader('activity-task', occurrences);
  }

  async start(): Promise<void> {
    for (const taskQueue of this.#taskQueues) {
      const queue = this.#subscribe(activityTopic(taskQueue));
      this.#queues.push(queue);
      await queue.consumer.start();
    }
  }

  /** How many tasks wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** The task that waited longest. */
  next(): Task | undefined {
    const task = this.#waiting.shift();
    if (task) {
      this.#waitingSize -= task.size;
      this.#resumeWhenHalfEmpty();
    }
    return task;
  }

  /** Takes nothing more, and lets go of what waits. */
  close(): void {
    this.#isClosed = true;
    this.#pause();
    this.#waiting = [];
    this.#waitingSize = 0;
  }

  /** Leaves the groups: the partitions go to other workers. */
  async leave(): Promise<void> {
    await Promise.all(this.#queues.map(({ consumer }) => consumer.stop()));
  }

  #subscribe(topic: string): QueueConsumer {
    const assigned = new Map<string, TopicPartition>();
    const consumer: StreamConsumer = this.#stream.subscribe({
      group: topic,
      topics: [topic],
      onAssigned: async (partitions) => {
        for (const partition of partitions) assigned.set(nameOf(partition), partition);
        if (this.#isPaused) consumer.pause(partitions);
      },
      onRevoked: async (partitions) => {
        for (const partition of partitions) assigned.delete(nameOf(partition));
        this.#letGo(partitions);
        this.#listener.onRevoked(partitions);
      },
      onMessages: (messages) => this.#take(messages, consumer),
    });
    return { consumer, assigned };
  }

  #take(messages: readonly IncomingMessage[], consumer: StreamConsumer): void {
    if (this.#isClosed) return;
    for (const incoming of messages) {
      const message = this.#reader.read(incoming);
      if (!message) {
        consumer.done([incoming]);
        continue;
      }
      const task = new Task(message, incoming, consumer);
      this.#waiting.push(task);
      this.#waitingSize += task.size;
    }
    this.#listener.onTasks();
    if (!this.#isPaused && (this.#waiting.length >= this.#countMax || this.#waitingSize >= waitingSizeMax)) this.#pause();
  }

  #letGo(partitions: readonly TopicPartition[]): void {
    this.#waiting = this.#waiting.filter((task) => !task.isFrom(partitions));
    this.#waitingSize = this.#waiting.reduce((size, task) => size + task.size, 0);
    this.#resumeWhenHalfEmpty();
  }

  #pause(): void {
    this.#isPaused = true;
    for (const { consumer, assigned } of this.#queues) consumer.pause([...assigned.values()]);
  }

  #resumeWhenHalfEmpty(): void {
    if (!this.#isPaused || this.#isClosed || this.#waiting.length > this.#countMax / 2 || this.#waitingSize > waitingSizeMax / 2) return;
    this.#isPaused = false;
    for (const { consumer, assigned } of this.#queues) consumer.resume([...assigned.values()]);
  }
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
