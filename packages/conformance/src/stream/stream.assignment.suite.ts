import { expect, it } from '@jest/globals';
import { eventually } from './condition.js';
import { newName, useFixture } from './fixture.js';
import type { Receiver } from './receiver.js';
import type { StreamSetup } from './world.js';

export function describeAssignment(setup: StreamSetup): void {
  const fixture = useFixture(setup);

  it('gives a consumer that is alone every partition', async () => {
    const { topic, partitions, joinAlone } = fixture();
    const receiver = await joinAlone();

    expect(receiver.assigned).toEqual(Array.from({ length: partitions }, (_, partition) => ({ topic, partition })));
    expect(receiver.consumer.sessionIsFresh()).toBe(true);
  });

  it('delivers nothing of a partition before its consumer is ready for it', async () => {
    const { publishToAll, join, tail } = fixture();
    const watcher = await tail();
    const ready = Promise.withResolvers<void>();
    const receiver = await join({}, () => ready.promise);
    await receiver.untilAssigned((assigned) => assigned.length > 0);
    const values = await publishToAll('waiting');

    await watcher.untilReceived(values);
    ready.resolve();

    await receiver.untilReceived(values);
    expect(receiver.tooEarly).toEqual([]);
  });

  it('gives each partition one consumer of the group when a second one joins (S3)', async () => {
    const { joinAlone, join } = fixture();
    const first = await joinAlone();

    const second = await join();

    await untilShared(first, second);
    await untilEachGetsItsOwn(first, second);
  });

  it('gives the partitions of a consumer that leaves to those who stay (S3)', async () => {
    const { partitions, publishToAll, joinAlone, join } = fixture();
    const first = await joinAlone();
    const second = await join();
    await untilShared(first, second);

    await first.consumer.stop();

    await second.untilAssigned((assigned) => assigned.length === partitions);
    await second.untilReceived(await publishToAll('after'));
  });

  it('takes the partitions from a consumer that stops before it has stopped', async () => {
    const { joinAlone } = fixture();
    const receiver = await joinAlone();

    await receiver.consumer.stop();

    expect(receiver.assigned).toEqual([]);
  });

  it('gives no partition to more consumers than there are, and finds work for the rest when others leave (S3)', async () => {
    const { partitions, publishToAll, join } = fixture();
    const receivers: Receiver[] = [];
    for (let i = 0; i <= partitions; i += 1) receivers.push(await join());
    await eventually(() => receivers.reduce((sum, { assigned }) => sum + assigned.length, 0) === partitions);
    const idle = receivers.find(({ assigned }) => assigned.length === 0) as Receiver;

    await Promise.all(receivers.filter((receiver) => receiver !== idle).map(({ consumer }) => consumer.stop()));

    await idle.untilReceived(await publishToAll('for the rest'));
  });

  it('serves several topics with one consumer', async () => {
    const { stream, topic, join } = fixture();
    const other = newName('topic');
    const counts = [await stream.partitionsOf(topic), await stream.partitionsOf(other)] as const;

    const receiver = await join({ topics: [topic, other] });

    await receiver.untilAssigned((assigned) => assigned.length === counts[0] + counts[1]);
    await stream.publish([topic, other].map((name) => ({ topic: name, partition: 1, key: 'k', value: name })));
    await receiver.untilReceived([topic, other]);
  });

  it('counts the consumers of a group', async () => {
    const { stream, group, joinAlone, join } = fixture();
    expect(await stream.consumersOf(group)).toBe(0);

    const first = await joinAlone();
    const second = await join();
    await eventually(async () => (await stream.consumersOf(group)) === 2);

    await Promise.all([first.consumer.stop(), second.consumer.stop()]);
    await eventually(async () => (await stream.consumersOf(group)) === 0);
  });

  async function untilShared(first: Receiver, second: Receiver): Promise<void> {
    const { partitions } = fixture();
    await eventually(() => {
      const [mine, others] = [first.assigned, second.assigned];
      return mine.length > 0 && others.length > 0 && mine.length + others.length === partitions && !mine.some((one) => second.has(one));
    });
  }

  /** A partition may be moved once more meanwhile: what counts is who has it when its message has come. */
  async function untilEachGetsItsOwn(...receivers: readonly Receiver[]): Promise<void> {
    const { topic, publishToAll } = fixture();
    const values = await publishToAll('own');
    await eventually(() =>
      values.every((value, partition) =>
        receivers.some((receiver) => receiver.has({ topic, partition }) && receiver.values.includes(value)),
      ),
    );
  }
}
