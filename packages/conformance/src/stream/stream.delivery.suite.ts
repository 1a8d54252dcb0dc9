import { expect, it } from '@jest/globals';
import { eventually } from './condition.js';
import { message, newName, useFixture } from './fixture.js';
import type { StreamSetup } from './world.js';

export function describeDelivery(setup: StreamSetup): void {
  const fixture = useFixture(setup);

  it('delivers every message to every group (S1)', async () => {
    const { publishToAll, joinAlone } = fixture();
    const groups = [await joinAlone(), await joinAlone({ group: newName('group') })];

    const values = [...(await publishToAll('first')), ...(await publishToAll('second'))];

    for (const receiver of groups) {
      await receiver.untilReceived(values);
      expect(new Set(receiver.values)).toEqual(new Set(values));
    }
  });

  it('delivers what was published before the first group came (S1)', async () => {
    const { publishToAll, join } = fixture();
    const values = await publishToAll('early');

    const receiver = await join();

    await receiver.untilReceived(values);
  });

  it('loses nothing of many calls at once (S1)', async () => {
    const { stream, topic, joinAlone } = fixture();
    const receiver = await joinAlone();
    const values = Array.from({ length: 1_000 }, (_, i) => `value-${i}`);
    const calls = Array.from({ length: 50 }, (_, call) => values.slice(call * 20, call * 20 + 20));

    await Promise.all(calls.map((call) => stream.publish(call.map((value) => message(topic, value)))));

    await receiver.untilReceived(values);
    expect(new Set(receiver.values).size).toBe(values.length);
  });

  it('delivers what was sent: key, value, headers, and when it was taken', async () => {
    const { stream, topic, joinAlone } = fixture();
    const receiver = await joinAlone();
    const sent = {
      topic,
      partition: 1,
      key: 'ключ 🗝',
      value: '{"text":"\u0000 \\ud800 é 漢 😀\n"}',
      headers: { type: 'order', note: 'é' },
    };

    await stream.publish([sent, { topic, partition: 1, key: 'plain', value: 'without headers' }]);

    const received = await receiver.messageOf(sent.value);
    expect(received).toMatchObject({ ...sent, redelivered: false });
    expect(received.offset).toMatch(/^\d+$/);
    expect(received.timestampMs).toBeGreaterThan(1_500_000_000_000);
    expect((await receiver.messageOf('without headers')).headers).toEqual({});
  });

  it('delivers the messages of a partition in the order of their offsets (S2)', async () => {
    const { partitions, publishToAll, joinAlone } = fixture();
    const receiver = await joinAlone();
    const values: string[] = [];
    for (let round = 0; round < 30; round += 1) values.push(...(await publishToAll(`round-${round}`)));

    await receiver.untilReceived(values);

    for (let partition = 0; partition < partitions; partition += 1) {
      const offsets = receiver.received
        .filter((one) => one.partition === partition && !one.redelivered)
        .map(({ offset }) => BigInt(offset));
      expect(offsets.every((offset, i) => i === 0 || offset > offsets[i - 1]!)).toBe(true);
    }
  });

  it('says how far a consumer has got in a partition', async () => {
    const { topic, publish, joinAlone } = fixture();
    const receiver = await joinAlone();
    const partition = { topic, partition: 0 };
    await publish(0, 'one');

    const { timestampMs } = await receiver.messageOf('one');

    await eventually(() => receiver.consumer.caughtUpTo(partition) > timestampMs);
  });

  it('does not know how far it has got in partitions that it does not have', async () => {
    const { topic, joinAlone } = fixture();
    const receiver = await joinAlone();

    expect(receiver.consumer.caughtUpTo({ topic: newName('topic'), partition: 0 })).toBe(0);
    await receiver.consumer.stop();
    expect(receiver.consumer.caughtUpTo({ topic, partition: 0 })).toBe(0);
  });
}
