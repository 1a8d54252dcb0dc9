import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage, Stream, StreamConsumer, TopicPartition } from '@marathon/core';

export const newName = (what: string): string => `test.${what}.${randomUUID()}`;

/** For what nobody tells of: asks again and again. The test's own time limit ends it. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}

/** A member of a group that records what it is told, and finishes only what it is told to. */
export class Member {
  readonly consumer: StreamConsumer;
  readonly received: IncomingMessage[] = [];
  readonly assigned = new Set<number>();
  revocations = 0;

  private constructor(stream: Stream, group: string, topic: string) {
    const numbers = (partitions: readonly TopicPartition[]) => partitions.map(({ partition }) => partition);
    this.consumer = stream.subscribe({
      group,
      topics: [topic],
      onAssigned: async (partitions) => {
        for (const number of numbers(partitions)) this.assigned.add(number);
      },
      onRevoked: async (partitions) => {
        this.revocations += 1;
        for (const number of numbers(partitions)) this.assigned.delete(number);
      },
      onMessages: (messages) => this.received.push(...messages),
    });
  }

  static async join(stream: Stream, topic: string, group = topic): Promise<Member> {
    const member = new Member(stream, group, topic);
    await member.consumer.start();
    return member;
  }

  get values(): readonly string[] {
    return this.received.map(({ value }) => value);
  }

  untilReceived(values: readonly string[]): Promise<void> {
    return eventually(() => values.every((value) => this.values.includes(value)));
  }

  untilAssigned(count: number): Promise<void> {
    return eventually(() => this.assigned.size === count);
  }

  finish(isFinished: (message: IncomingMessage) => boolean = () => true): void {
    this.consumer.done(this.received.filter(isFinished));
  }
}
