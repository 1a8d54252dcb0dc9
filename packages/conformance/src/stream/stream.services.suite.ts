import { expect, it } from '@jest/globals';
import { useFixture } from './fixture.js';
import { Receiver, TailReceiver } from './receiver.js';
import type { StreamSetup } from './world.js';

export function describeServices(setup: StreamSetup): void {
  const fixture = useFixture(setup);

  it('delivers nothing once a consumer has stopped, and all of it to the next one', async () => {
    const { publishToAll, joinAlone, join } = fixture();
    const first = await joinAlone();
    await first.untilReceived(await publishToAll('before'));

    await first.consumer.stop();
    const received = first.received.length;
    const values = await publishToAll('after');
    const second = await join();

    await second.untilReceived(values);
    expect(first.received).toHaveLength(received);
  });

  it('stops consumers and tails twice, and before they were started', async () => {
    const { stream, topic, group, joinAlone, tail } = fixture();
    const [member, watcher] = [await joinAlone(), await tail()];
    await Promise.all([member.consumer.stop(), member.consumer.stop(), watcher.tail.stop(), watcher.tail.stop()]);
    await Promise.all([member.consumer.stop(), watcher.tail.stop()]);

    const fresh = { member: new Receiver(stream, { group, topics: [topic] }), watcher: new TailReceiver(stream, topic) };
    await Promise.all([fresh.member.consumer.stop(), fresh.watcher.tail.stop()]);

    expect(member.consumer.sessionIsFresh()).toBe(false);
  });

  it('stops with its consumers and tails, twice, and refuses to publish', async () => {
    const { stream, topic, joinAlone, tail } = fixture();
    await Promise.all([joinAlone(), tail()]);
    expect(stream.isUsable()).toBe(true);

    await stream.stop();
    await stream.stop();

    expect(stream.isUsable()).toBe(false);
    await expect(stream.publish([{ topic, key: 'k', value: 'late' }])).rejects.toMatchObject({ retryable: true });
  });
}
