import { expect, it } from '@jest/globals';
import { StreamPublishError } from '@marathon/core';
import { message, newName, useFixture } from './fixture.js';
import type { StreamSetup } from './world.js';

/** Keys and what murmur2 makes of their UTF-8, from the tests of kafka-clients. */
const hashes = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
] as const;

export function describePublishing(setup: StreamSetup): void {
  const fixture = useFixture(setup);

  it('creates a missing topic, with the same number of partitions for everybody who asks', async () => {
    const { stream, topic, partitions } = fixture();
    expect(partitions).toBeGreaterThanOrEqual(2);
    expect(await stream.partitionsOf(topic)).toBe(partitions);
  });

  it('takes nothing when there is nothing', async () => {
    await expect(fixture().stream.publish([])).resolves.toBeUndefined();
  });

  it('takes messages to several topics in one call', async () => {
    const { stream, topic, joinAlone, join } = fixture();
    const other = newName('topic');
    await stream.partitionsOf(other);
    const [first, second] = [await joinAlone(), await join({ group: newName('group'), topics: [other] })];

    await stream.publish([message(topic, 'here', 0), message(other, 'there', 0)]);

    await Promise.all([first.untilReceived(['here']), second.untilReceived(['there'])]);
  });

  it('puts a message into the partition that it names', async () => {
    const { partitions, publishToAll, joinAlone } = fixture();
    const receiver = await joinAlone();
    const values = await publishToAll('to');

    await receiver.untilReceived(values);

    for (let partition = 0; partition < partitions; partition += 1)
      expect((await receiver.messageOf(`to-${partition}`)).partition).toBe(partition);
  });

  it('places keys as the default partitioner of Apache Kafka does, each in one partition always', async () => {
    const { stream, topic, partitions, joinAlone } = fixture();
    const receiver = await joinAlone();

    await stream.publish(hashes.map(([key]) => ({ topic, key, value: `1 ${key}` })));
    await stream.publish(hashes.map(([key]) => ({ topic, key, value: `2 ${key}` })));

    for (const [key, hash] of hashes) {
      for (const round of [1, 2])
        expect(await receiver.messageOf(`${round} ${key}`)).toMatchObject({ key, partition: (hash & 0x7fffffff) % partitions });
    }
  });

  it('names the messages that are too large and takes the others of the call', async () => {
    const { world, stream, topic, joinAlone } = fixture();
    const receiver = await joinAlone();
    // Two bytes for each character: what counts are bytes.
    const large = { topic, partition: 0, key: 'large', value: 'é'.repeat(world.messageBytesMax / 2 + 1) };

    const publishing = stream.publish([message(topic, 'before', 0), large, message(topic, 'after', 0), message(topic, 'elsewhere', 1)]);

    const error = await publishing.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(StreamPublishError);
    expect((error as StreamPublishError).tooLarge).toEqual([large]);
    await receiver.untilReceived(['before', 'after', 'elsewhere']);
    expect(receiver.values).not.toContain(large.value);
  });

  it('takes a message that is just not too large', async () => {
    const { world, publish, joinAlone } = fixture();
    const receiver = await joinAlone();
    const value = 'x'.repeat(Math.floor(world.messageBytesMax / 2) - 1_024);

    await publish(0, value);

    await receiver.untilReceived([value]);
  });
}
