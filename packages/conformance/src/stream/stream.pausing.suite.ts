import { expect, it } from '@jest/globals';
import type { TopicPartition } from '@marathon/core';
import { newName, useFixture } from './fixture.js';
import type { StreamSetup } from './world.js';

export function describePausing(setup: StreamSetup): void {
  const fixture = useFixture(setup);
  const partition = (number: number): TopicPartition => ({ topic: fixture().topic, partition: number });

  it('delivers nothing of a paused partition until it is resumed, and goes on with others (S5)', async () => {
    const { publish, joinAlone } = fixture();
    const [receiver, witness] = [await joinAlone(), await joinAlone({ group: newName('group') })];
    receiver.consumer.pause([partition(0)]);

    await publish(0, 'paused');
    await witness.untilReceived(['paused']);
    await publish(1, 'other');
    await receiver.untilReceived(['other']);
    expect(receiver.values).not.toContain('paused');

    receiver.consumer.resume([partition(0)]);
    await receiver.untilReceived(['paused']);
  });

  it('has not caught up with what waits in a paused partition', async () => {
    const { publish, joinAlone } = fixture();
    const [receiver, witness] = [await joinAlone(), await joinAlone({ group: newName('group') })];
    receiver.consumer.pause([partition(0)]);

    await publish(0, 'paused');
    const { timestampMs } = await witness.messageOf('paused');

    expect(receiver.consumer.caughtUpTo(partition(0))).toBeLessThanOrEqual(timestampMs);
  });

  it('forgets the pause of a partition that was lost and came back (S5)', async () => {
    const { topic, partitions, publish, joinAlone, join } = fixture();
    const first = await joinAlone();
    first.consumer.pause(first.assigned);
    const second = await join();
    await second.untilAssigned((assigned) => assigned.length > 0);
    await first.untilAssigned((assigned) => assigned.length < partitions);
    const returning = second.assigned[0]!.partition;
    await second.consumer.stop();
    await first.untilAssigned((assigned) => assigned.some((one) => one.topic === topic && one.partition === returning));

    await publish(returning, 'back');

    await first.untilReceived(['back']);
  });

  it('ignores partitions that it does not have', async () => {
    const { publish, joinAlone } = fixture();
    const receiver = await joinAlone();
    const foreign = { topic: newName('topic'), partition: 0 };

    receiver.consumer.pause([foreign]);
    receiver.consumer.resume([foreign, partition(0)]);
    await publish(0, 'value');

    await receiver.untilReceived(['value']);
  });
}
