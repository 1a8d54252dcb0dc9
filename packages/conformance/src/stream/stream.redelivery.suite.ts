import { expect, it } from '@jest/globals';
import { useFixture } from './fixture.js';
import type { StreamSetup } from './world.js';

const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `value-${i}`);

export function describeRedelivery(setup: StreamSetup): void {
  const fixture = useFixture(setup);

  it('delivers what is unfinished again, marked, when its consumer leaves (S4)', async () => {
    const { publish, joinAlone, join } = fixture();
    const values = numbered(5);
    const first = await joinAlone();
    await publish(0, ...values);
    await first.untilReceived(values);

    await first.consumer.stop();
    const second = await join();

    await second.untilReceived(values);
    expect(second.received.filter(({ value, redelivered }) => values.includes(value) && !redelivered)).toEqual([]);
  });

  it('delivers what is unfinished again when a partition moves to a consumer that joins (S4)', async () => {
    const { topic, publishToAll, joinAlone, join } = fixture();
    const first = await joinAlone();
    const values = await publishToAll('unfinished');
    await first.untilReceived(values);

    const second = await join();

    await second.untilAssigned((assigned) => assigned.length > 0);
    const moved = values.filter((_, partition) => second.has({ topic, partition }));
    await second.untilReceived(moved);
    expect(second.received.filter(({ redelivered }) => !redelivered)).toEqual([]);
  });

  it('delivers what was let go again, as if it came first, and marks it for whoever comes after (S4)', async () => {
    const { publish, joinAlone } = fixture();
    const values = numbered(5);
    const first = await joinAlone();
    await publish(0, ...values);
    await first.untilReceived(values);
    first.consumer.done(first.received.filter(({ value }) => value === 'value-1'));
    first.consumer.letGo(first.received.filter(({ value }) => value !== 'value-1'));
    await first.consumer.stop();

    const second = await joinAlone();
    const unfinished = values.filter((value) => value !== 'value-1');
    await second.untilReceived(unfinished);
    expect(second.received.filter(({ value, redelivered }) => unfinished.includes(value) && redelivered)).toEqual([]);
    second.consumer.letGo(second.received.slice(1));
    await second.consumer.stop();

    const third = await joinAlone();
    expect(await third.messageOf(second.received[0]?.value as string)).toMatchObject({ redelivered: true });
  });

  it('delivers an unfinished message among finished ones again, and marks whatever else comes twice (S4)', async () => {
    const { publish, joinAlone, join } = fixture();
    const values = numbered(20);
    const first = await joinAlone();
    await publish(0, ...values);
    await first.untilReceived(values);
    first.consumer.done(first.received.filter(({ value }) => value !== 'value-7').toReversed());

    await first.consumer.stop();
    const second = await join();
    await second.untilReceived(['value-7']);
    await second.untilAssigned((assigned) => assigned.length === fixture().partitions);
    await publish(0, 'new');
    await second.untilReceived(['new']);

    expect(second.received.filter(({ value, redelivered }) => values.includes(value) && !redelivered)).toEqual([]);
    expect(second.received.find(({ value }) => value === 'new')).toMatchObject({ redelivered: false });
  });

  it('goes on behind what is finished (S4)', async () => {
    const { publish, joinAlone } = fixture();
    const values = numbered(5);
    const first = await joinAlone();
    await publish(0, ...values);
    await first.untilReceived(values);
    first.consumer.done(first.received);

    await first.consumer.stop();
    const second = await joinAlone();
    await publish(0, 'next');

    expect(await second.messageOf('next')).toMatchObject({ redelivered: false });
    expect(second.received.filter(({ value, redelivered }) => values.includes(value) && !redelivered)).toEqual([]);
  });

  it('delivers what came while the group had no consumer (S1)', async () => {
    const { publishToAll, joinAlone, join } = fixture();
    const first = await joinAlone();
    const before = await publishToAll('before');
    await first.untilReceived(before);
    first.consumer.done(first.received);
    await first.consumer.stop();

    const meanwhile = await publishToAll('meanwhile');
    const second = await join();

    await second.untilReceived(meanwhile);
  });

  it('does not take the word of a consumer that lost the partition (S4)', async () => {
    const { publish, joinAlone, join } = fixture();
    const first = await joinAlone();
    await publish(0, 'unfinished');
    await first.untilReceived(['unfinished']);

    await first.consumer.stop();
    first.consumer.done(first.received);
    const second = await join();
    await second.untilReceived(['unfinished']);
    first.consumer.done(first.received);
    await second.consumer.stop();
    const third = await join();

    await third.untilReceived(['unfinished']);
  });

  it('finishes for one group what another has not finished (S1)', async () => {
    const { publish, joinAlone, join } = fixture();
    const [quick, slow] = [await joinAlone(), await joinAlone({ group: `${fixture().group}.slow` })];
    await publish(0, 'value');
    await Promise.all([quick.untilReceived(['value']), slow.untilReceived(['value'])]);
    quick.consumer.done(quick.received);

    await slow.consumer.stop();
    const successor = await join({ group: `${fixture().group}.slow` });

    expect(await successor.messageOf('value')).toMatchObject({ redelivered: true });
  });
}
