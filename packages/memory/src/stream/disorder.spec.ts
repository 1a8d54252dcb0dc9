import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from '@marathon/core';
import { InProcessStream } from './in-process-stream.js';

/** What two consumers of a group, and a tail, get of 500 messages that are published two calls at a time. */
async function deliveries(seed: number) {
  const stream = new InProcessStream({ partitionsOf: () => 3, disorder: { seed } });
  await stream.start();
  const seen: string[] = [];
  const first = new Set<string>();
  for (const name of ['a', 'b']) {
    const consumer = stream.subscribe({
      group: 'g',
      topics: ['t'],
      onAssigned: async (partitions) => void seen.push(`${name} gains ${partitions.map(({ partition }) => partition)}`),
      onRevoked: async (partitions) => void seen.push(`${name} loses ${partitions.map(({ partition }) => partition)}`),
      onMessages: (messages) => {
        for (const { value, offset, redelivered } of messages) {
          seen.push(`${name} ${value}@${offset}${redelivered ? ' again' : ''}`);
          first.add(value);
        }
        consumer.done(messages as IncomingMessage[]);
      },
    });
    await consumer.start();
  }
  const published: string[] = [];
  for (let i = 0; i < 250; i += 1) {
    const values = [`${i}.0`, `${i}.1`];
    published.push(...values);
    await Promise.all(values.map((value) => stream.publish([{ topic: 't', key: value, value }])));
  }
  while (first.size < published.length) await nextTurn();
  await stream.stop();
  return { seen, first: [...first], published };
}

describe('Disorder', () => {
  it('follows from its seed', async () => {
    const [one, same, other] = [await deliveries(7), await deliveries(7), await deliveries(8)];
    expect(same.seen).toEqual(one.seen);
    expect(other.seen).not.toEqual(one.seen);
  });

  it('repeats, reorders and moves, and loses nothing', async () => {
    const { seen, first, published } = await deliveries(1);

    const values = seen.flatMap((line) => /^. (\d+\.\d)@/.exec(line)?.[1] ?? []);
    const offsetsOf = (value: string) => new Set(seen.flatMap((line) => /@(\d+)/.exec(line.includes(` ${value}@`) ? line : '')?.[1] ?? []));
    expect(new Set(first)).toEqual(new Set(published));
    expect(first).not.toEqual(published);
    expect(values.length).toBeGreaterThan(published.length);
    expect(published.some((value) => offsetsOf(value).size > 1)).toBe(true);
    expect(seen.some((line) => line.endsWith(' again'))).toBe(true);
    expect(seen.filter((line) => line.includes(' loses ')).length).toBeGreaterThan(2);
  });
});
