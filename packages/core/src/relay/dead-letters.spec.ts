import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@marathon/memory';
import { type DeadLetterMessage, DeadLetters, type Message, type MessagePublisher, StreamPublishError } from '../index.js';

const letter = (offset: number, value = 'text'): DeadLetterMessage => ({
  kind: 'dead-letter',
  reason: 'malformed',
  explanation: 'no',
  found: { topic: 't', partition: 0, offset: String(offset), timestampMs: 0, key: 'k', headers: { h: 'x' }, value },
});
const tick = () => new Promise((resolve) => setImmediate(resolve));
const silent = { info() {}, warn() {}, error() {} };

let clock: ManualClock;
let calls: DeadLetterMessage[][];
let publish: MessagePublisher['publish'];
let done: number[];
let rooms: number;
let letters: DeadLetters;

beforeEach(() => {
  clock = new ManualClock();
  calls = [];
  done = [];
  rooms = 0;
  publish = async (messages: readonly Message[]) => {
    calls.push(messages as DeadLetterMessage[]);
    return { tooLarge: [] };
  };
  letters = new DeadLetters({ publish: (messages) => publish(messages) }, clock, silent, () => rooms++);
});

const bury = (count: number, from = 0) => {
  for (let i = from; i < from + count; i++) letters.bury(letter(i), () => done.push(i));
};

describe('dead letters', () => {
  it('finish their messages when the stream has taken them, however long that takes (B1)', async () => {
    let isAway = true;
    const { publish: take } = { publish };
    publish = async (messages) => {
      if (isAway) throw new StreamPublishError('away', []);
      return take(messages);
    };
    bury(2);
    for (let i = 0; i < 20; i++) {
      await tick();
      clock.advanceBy(1_000);
    }
    expect(done).toEqual([]);
    isAway = false;
    clock.advanceBy(5_000);
    await tick();
    expect(done).toEqual([0, 1]);
  });

  it('are bounded, and tell when there is room again (B2)', async () => {
    bury(1_000);
    expect(letters.hasRoom).toBe(false);
    await tick();
    expect(letters.hasRoom).toBe(true);
    expect(rooms).toBe(1);
    expect(done).toHaveLength(1_000);
    expect(Math.max(...calls.map(({ length }) => length))).toBe(100);
    letters.bury(letter(1, 'x'.repeat(16 * 1_024 * 1_024)), () => {});
    expect(letters.hasRoom).toBe(false);
  });

  it('are shortened until they fit, and say by how much (B3)', async () => {
    publish = async (messages) => {
      calls.push(messages as DeadLetterMessage[]);
      return { tooLarge: messages.filter((message) => JSON.stringify(message).length > 20_000) };
    };
    letters.bury(letter(1, 'x'.repeat(100_000)), () => done.push(1));
    bury(1, 2);
    await tick();
    const sizes = calls.map((call) => call.map(({ found }) => [found?.value.length, found?.omittedChars]));
    expect(sizes).toEqual([[[100_000, undefined]], [[32_768, 67_232]], [[0, 100_000]], [[4, undefined]]]);
    expect(done).toEqual([1, 2]);
  });

  it('leave out the input of a task that is too large', async () => {
    const task = { kind: 'activity-task', input: '"large"', runId: 'r', activitySeq: 2 } as never;
    publish = async (messages) => {
      calls.push(messages as DeadLetterMessage[]);
      return { tooLarge: messages.filter((message) => JSON.stringify(message).includes('large')) };
    };
    letters.bury({ kind: 'dead-letter', reason: 'attempts-exhausted', explanation: 'no', task }, () => done.push(1));
    await tick();
    expect(calls.at(-1)).toMatchObject([{ inputOmitted: true, task: { runId: 'r', activitySeq: 2 } }]);
    expect(done).toEqual([1]);
  });

  it('are given up when they are stopped: their messages come again', async () => {
    publish = async () => {
      throw new StreamPublishError('away', []);
    };
    bury(1);
    await tick();
    letters.stop();
    clock.advanceBy(10_000);
    await tick();
    bury(1, 1);
    await tick();
    expect(done).toEqual([]);
  });
});
