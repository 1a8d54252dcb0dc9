import { expect, it } from '@jest/globals';
import { useFixture } from './fixture.js';
import type { StreamSetup } from './world.js';

export function describeTails(setup: StreamSetup): void {
  const fixture = useFixture(setup);

  it('sees what comes after its start, and nothing older', async () => {
    const { publishToAll, tail } = fixture();
    await publishToAll('old');

    const watcher = await tail();

    const values = await publishToAll('new');
    await watcher.untilReceived(values);
    expect(new Set(watcher.values)).toEqual(new Set(values));
    expect(watcher.received[0]).toMatchObject({ topic: fixture().topic, redelivered: false });
  });

  it('sees one partition when it asks for one', async () => {
    const { publish, tail } = fixture();
    const [one, all] = [await tail(1), await tail()];

    await publish(0, 'elsewhere');
    await all.untilReceived(['elsewhere']);
    await publish(1, 'here');

    await one.untilReceived(['here']);
    expect(new Set(one.values)).toEqual(new Set(['here']));
  });

  it('takes nothing away from groups or from other tails', async () => {
    const { publishToAll, tail, joinAlone } = fixture();
    const [first, second, member] = [await tail(), await tail(), await joinAlone()];

    const values = await publishToAll('value');

    await Promise.all([first.untilReceived(values), second.untilReceived(values), member.untilReceived(values)]);
  });

  it('misses what comes while it is stopped', async () => {
    const { publishToAll, tail } = fixture();
    const [stopped, running] = [await tail(), await tail()];
    await stopped.tail.stop();

    await running.untilReceived(await publishToAll('value'));

    expect(stopped.received).toEqual([]);
  });
}
