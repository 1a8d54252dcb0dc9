import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type IncomingMessage, type OutgoingMessage, StreamPublishError } from '@marathon/core';
import { InProcessStream, type InProcessStreamOptions } from './in-process-stream.js';

const message = (value: string, overrides: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  topic: 't',
  partition: 0,
  key: 'k',
  value,
  ...overrides,
});
const valuesOf = (messages: readonly IncomingMessage[]): readonly string[] => messages.map(({ value }) => value);

async function startedStream(options: InProcessStreamOptions = {}): Promise<InProcessStream> {
  const stream = new InProcessStream({ partitionsOf: () => 2, ...options });
  await stream.start();
  return stream;
}

/** A consumer and the calls it got. */
async function joined(stream: InProcessStream, group = 'g', topics = ['t']) {
  const calls: (readonly IncomingMessage[])[] = [];
  const consumer = stream.subscribe({
    group,
    topics,
    onAssigned: async () => {},
    onRevoked: async () => {},
    onMessages: (messages) => calls.push(messages),
  });
  await consumer.start();
  return { consumer, calls, received: () => calls.flat() };
}

/** Whether a promise has settled by the time everything else of this turn has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  await nextTurn();
  return settled;
}

describe('delivery', () => {
  it('comes a turn after publish, in one call for all that the turn brought', async () => {
    const stream = await startedStream();
    const { calls } = await joined(stream);

    await stream.publish([message('a'), message('b', { partition: 1 })]);
    await stream.publish([message('c')]);
    expect(calls).toEqual([]);

    await nextTurn();
    expect(calls.map(valuesOf)).toEqual([['a', 'c', 'b']]);
  });

  it('runs outside the scopes of those who publish, finish, or resume', async () => {
    const storage = new AsyncLocalStorage<string>();
    const stream = await startedStream({ backlogMessagesMax: 1 });
    const seen: (string | undefined)[] = [];
    const note = () => seen.push(storage.getStore());
    const subscription = {
      group: 'g',
      topics: ['t'],
      onAssigned: async () => void note(),
      onRevoked: async () => void note(),
      onMessages: note,
    };
    const consumer = stream.subscribe(subscription);
    const tail = stream.tail({ topic: 't', onMessages: note });

    await storage.run('a scope', async () => {
      await tail.start();
      await consumer.start();
      await stream.publish([message('a')]);
      const waiting = stream.publish([message('b')]);
      await nextTurn();
      consumer.pause([{ topic: 't', partition: 0 }]);
      consumer.done([{ topic: 't', partition: 0, offset: '0' } as IncomingMessage]);
      await waiting;
      consumer.resume([{ topic: 't', partition: 0 }]);
      await nextTurn();
      await consumer.stop();
    });

    expect(seen).toEqual(new Array(6).fill(undefined));
  });

  it('says until when a consumer has got everything, by the clock of the stream', async () => {
    let nowMs = 1_000;
    const stream = await startedStream({ clock: { now: () => nowMs } });
    const { consumer } = await joined(stream);
    const partition = { topic: 't', partition: 0 };
    expect(consumer.caughtUpTo(partition)).toBe(1_000);

    await stream.publish([message('a')]);
    nowMs = 2_000;
    expect(consumer.caughtUpTo(partition)).toBe(1_000);
    expect(consumer.caughtUpTo({ topic: 't', partition: 1 })).toBe(2_000);

    await nextTurn();
    expect(consumer.caughtUpTo(partition)).toBe(2_000);
  });
});

describe('rebalances', () => {
  it('follow one another: a partition is given on when its consumer has let go of it', async () => {
    const stream = await startedStream({ partitionsOf: () => 6 });
    const owners = new Map<number, string>();
    const conflicts: string[] = [];
    const letGo = Promise.withResolvers<void>();
    const member = (name: string) =>
      stream.subscribe({
        group: 'g',
        topics: ['t'],
        onAssigned: async (partitions) => {
          for (const { partition } of partitions) {
            if (owners.has(partition)) conflicts.push(`${name} gets ${partition}, which ${owners.get(partition)} has`);
            owners.set(partition, name);
          }
        },
        onRevoked: async (partitions) => {
          if (name === 'a') await letGo.promise;
          for (const { partition } of partitions) owners.delete(partition);
        },
        onMessages: () => {},
      });
    const [a, b, c] = [member('a'), member('b'), member('c')];
    await a.start();

    const starting = Promise.all([b.start(), c.start()]);
    expect(await isSettled(starting)).toBe(false);
    expect(new Set(owners.values())).toEqual(new Set(['a']));
    letGo.resolve();
    await starting;
    await b.stop();

    expect(conflicts).toEqual([]);
    expect([...owners.values()].toSorted()).toEqual(['a', 'a', 'a', 'c', 'c', 'c']);
  });

  it('deliver nothing of a partition while its consumer gets ready for it or lets go of it', async () => {
    const stream = await startedStream();
    const ready = Promise.withResolvers<void>();
    const received: string[] = [];
    const consumer = stream.subscribe({
      group: 'g',
      topics: ['t'],
      onAssigned: () => ready.promise,
      onRevoked: async () => {
        await stream.publish([message('late')]);
        await nextTurn();
      },
      onMessages: (messages) => received.push(...valuesOf(messages)),
    });
    await consumer.start();
    await stream.publish([message('early')]);
    await nextTurn();
    expect([received, consumer.caughtUpTo({ topic: 't', partition: 1 })]).toEqual([[], 0]);

    ready.resolve();
    while (received.length === 0) await nextTurn();
    await consumer.stop();

    expect(received).toEqual(['early']);
    const next = await joined(stream);
    await nextTurn();
    expect(next.received()).toMatchObject([
      { value: 'early', redelivered: true },
      { value: 'late', redelivered: false },
    ]);
  });
});

describe('bounds', () => {
  it('makes publish wait at the number of unfinished messages, for that partition alone, and keeps the order', async () => {
    const stream = await startedStream({ backlogMessagesMax: 2 });
    const { consumer, received } = await joined(stream);

    const publishing = stream.publish([message('a'), message('b'), message('c'), message('other', { partition: 1 })]);
    const behind = stream.publish([message('d')]);
    expect(await isSettled(Promise.race([publishing, behind]))).toBe(false);
    expect(valuesOf(received())).toEqual(['a', 'b', 'other']);

    consumer.done(received().slice(1, 2));
    await publishing;
    expect(await isSettled(behind)).toBe(false);
    consumer.done(received().slice(0, 1));
    await behind;
    await nextTurn();
    expect(valuesOf(received())).toEqual(['a', 'b', 'other', 'c', 'd']);
  });

  it('makes publish wait at the number of bytes', async () => {
    const stream = await startedStream({ backlogBytesMax: 10 });
    const { consumer, received } = await joined(stream);
    await stream.publish([message('12345')]);
    await stream.publish([message('é', { headers: { h: '1' } })]);

    const publishing = stream.publish([message('late')]);
    expect(await isSettled(publishing)).toBe(false);

    consumer.done(received().slice(0, 1));
    await publishing;
  });

  it('keeps messages that nobody reads yet up to the bound', async () => {
    const stream = await startedStream({ backlogMessagesMax: 1 });
    await stream.publish([message('a')]);
    const publishing = stream.publish([message('b')]);
    expect(await isSettled(publishing)).toBe(false);

    const { consumer, received } = await joined(stream);
    await nextTurn();
    consumer.done(received());
    await publishing;
  });

  it('takes what waits for nobody when a tail comes', async () => {
    const stream = await startedStream({ backlogMessagesMax: 1 });
    await stream.publish([message('a')]);
    const publishing = stream.publish([message('b')]);

    await stream.tail({ topic: 't', onMessages: () => {} }).start();

    await publishing;
  });

  it('bounds what a tail has not seen yet, which is what one turn brought', async () => {
    const stream = await startedStream({ backlogMessagesMax: 2 });
    const calls: (readonly IncomingMessage[])[] = [];
    await stream.tail({ topic: 't', onMessages: (messages) => calls.push(messages) }).start();

    await stream.publish([message('a'), message('b'), message('c')]);
    await nextTurn();

    expect(calls.map(valuesOf)).toEqual([['a', 'b'], ['c']]);
  });

  it('has room again when a tail stopped before it had seen everything', async () => {
    const stream = await startedStream({ backlogBytesMax: 1 });
    const tail = stream.tail({ topic: 't', onMessages: () => {} });
    await tail.start();
    const publishing = stream.publish([message('a'), message('b')]);
    await tail.stop();
    await publishing;
    await tail.start();

    await stream.publish([message('c')]);
  });

  it('refuses what waits when the stream stops', async () => {
    const stream = await startedStream({ backlogMessagesMax: 1, messageBytesMax: 8 });
    const large = message('too large');

    const publishing = stream.publish([message('a'), message('b'), large]);
    await stream.stop();

    await expect(publishing).rejects.toBeInstanceOf(StreamPublishError);
    await expect(publishing).rejects.toMatchObject({ tooLarge: [large] });
  });

  it('names a partition that does not exist', async () => {
    const stream = await startedStream();
    await expect(stream.publish([message('a', { partition: 2 })])).rejects.toThrow(RangeError);
    expect(() => stream.tail({ topic: 't', partition: 2, onMessages: () => {} })).toThrow(RangeError);
  });
});

describe('what is kept', () => {
  it('is dropped of a hint that nobody reads, before a group and after it', async () => {
    const stream = await startedStream({ hints: ['hint'], backlogMessagesMax: 1 });
    const hint = (value: string) => stream.publish([message(value, { topic: 'hint' })]);
    await hint('before');
    await hint('before');

    const first = await joined(stream, 'g', ['hint']);
    await hint('unfinished');
    await nextTurn();
    await first.consumer.stop();
    await hint('after');
    await hint('after');
    const second = await joined(stream, 'g', ['hint']);
    await hint('new');
    await nextTurn();

    expect(valuesOf([...first.received(), ...second.received()])).toEqual(['unfinished', 'new']);
  });

  it('is, for a second group, what the first has not finished', async () => {
    const stream = await startedStream();
    const first = await joined(stream, 'first');
    await stream.publish([message('finished'), message('unfinished')]);
    await nextTurn();
    first.consumer.done(first.received().slice(0, 1));

    const second = await joined(stream, 'second');
    await nextTurn();

    expect(second.received()).toMatchObject([{ value: 'unfinished', offset: '1', redelivered: false }]);
  });

  it('does not grow for a topic that only tails read', async () => {
    const stream = await startedStream({ backlogMessagesMax: 1 });
    const tail = stream.tail({ topic: 't', onMessages: () => {} });
    await tail.start();
    for (const value of ['a', 'b', 'c']) await stream.publish([message(value)]);
    await tail.stop();

    const { received } = await joined(stream);
    await stream.publish([message('new')]);
    await nextTurn();

    expect(valuesOf(received())).toEqual(['new']);
  });

  it('is handed out at once when it is finished, whatever lies before it', async () => {
    const stream = await startedStream({ backlogMessagesMax: 10 });
    const { consumer, received } = await joined(stream);
    await stream.publish([message('unfinished')]);
    for (let i = 0; i < 100; i += 1) {
      await stream.publish([message(`${i}`)]);
      await nextTurn();
      consumer.done(received().slice(-1));
    }
    expect(received()).toHaveLength(101);

    await consumer.stop();
    const second = await joined(stream);
    await nextTurn();
    expect(second.received()).toMatchObject([{ value: 'unfinished', redelivered: true }]);
  });
});
