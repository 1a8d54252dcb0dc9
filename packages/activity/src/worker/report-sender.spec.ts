import { describe, expect, it } from '@jest/globals';
import { MarathonError, type Message, type MessagePublisher, runId } from '@marathon/core';
import { ManualClock } from '@marathon/memory';
import { Logger } from '@nestjs/common';
import { Gate, rest } from '../../test/worker-world.js';
import { ReportSender } from './report-sender.js';

Logger.overrideLogger(false);

class AwayError extends MarathonError {
  readonly code = 'MARATHON_AWAY';
  override readonly retryable = true;
}

const report = (n: number): Message => ({ kind: 'activity-cancel-requested', runId: runId('r'), activitySeq: n });
const numberOf = (message: Message) => ('activitySeq' in message ? message.activitySeq : 0);

/** A publisher whose answers the test gives, one after the other. */
function setup(answer: (numbers: number[], call: number) => Promise<number[]> | number[]) {
  const calls: number[][] = [];
  const publisher: MessagePublisher = {
    async publish(messages) {
      calls.push(messages.map(numberOf));
      const tooLarge = await answer(messages.map(numberOf), calls.length);
      return { tooLarge: messages.filter((message) => tooLarge.includes(numberOf(message))) };
    },
  };
  const clock = new ManualClock();
  return { calls, clock, sender: new ReportSender(publisher, clock) };
}

describe('a report sender', () => {
  it('sends together what one turn says, and what is said while a publish is under way (R1)', async () => {
    const gate = new Gate();
    const { calls, sender } = setup(async (_numbers, call) => {
      if (call === 1) await gate.passed;
      return [];
    });
    const first = [sender.send(report(1), 1), Promise.resolve().then(() => sender.send(report(2), 1))];
    await rest();
    const second = [sender.send(report(3), 1), sender.send(report(4), 1)];
    await rest();
    expect(calls).toEqual([[1, 2]]);
    gate.open();
    expect(await Promise.all([...first, ...second])).toEqual(['sent', 'sent', 'sent', 'sent']);
    expect(calls).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('bounds what goes into one publish, by number and by size (R1)', async () => {
    const { calls, sender } = setup(() => []);
    await Promise.all([
      ...Array.from({ length: 501 }, (_, n) => sender.send(report(n), 1)),
      sender.send(report(1_001), 3_000_000),
      sender.send(report(1_002), 3_000_000),
    ]);
    expect(calls.map((numbers) => numbers.length)).toEqual([500, 2, 1]);
  });

  it('keeps all while the stream is away, and tries again after growing pauses (R2)', async () => {
    let isAway = true;
    const { calls, clock, sender } = setup(() => {
      if (isAway) throw new AwayError('away');
      return [];
    });
    const delivery = sender.send(report(1), 1);
    for (const pauseMs of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
      await rest();
      expect(clock.nextAtMs).toBe(clock.now() + pauseMs);
      clock.advanceBy(pauseMs);
    }
    await rest();
    expect(calls).toHaveLength(9);
    isAway = false;
    const other = sender.send(report(2), 1);
    clock.advanceBy(5_000);
    expect(await Promise.all([delivery, other])).toEqual(['sent', 'sent']);
    expect(calls.at(-1)).toEqual([1, 2]);
  });

  it('finds the one that can never be sent, and sends the others (R3)', async () => {
    const { calls, sender } = setup((numbers) => {
      if (numbers.includes(2)) throw new TypeError('cannot be written');
      return numbers.includes(4) ? [4] : [];
    });
    const deliveries = await Promise.all([1, 2, 3, 4, 5].map((n) => sender.send(report(n), 1)));
    expect(deliveries).toEqual(['sent', 'refused', 'sent', 'refused', 'sent']);
    expect(calls).toEqual([[1, 2, 3, 4, 5], [1], [2], [3], [4], [5]]);
    await Promise.all([6, 7].map((n) => sender.send(report(n), 1)));
    expect(calls.at(-1)).toEqual([6, 7]);
  });

  it('gives up when it is closed', async () => {
    const { clock, sender } = setup(() => {
      throw new AwayError('away');
    });
    const delivery = sender.send(report(1), 1);
    await rest();
    sender.close();
    expect(await delivery).toBe('abandoned');
    expect(await sender.send(report(2), 1)).toBe('abandoned');
    expect(clock.nextAtMs).toBeUndefined();
  });
});
