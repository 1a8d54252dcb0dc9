import { expect, it } from '@jest/globals';
import { contend, openFixture, runStart } from '@marathon/conformance';
import type { StartOutcome } from '@marathon/core';
import { toWorld, useTestServer } from '../test/test-server.js';

const server = useTestServer();

const deadlocks = 'select deadlocks::int from pg_stat_database where datname = current_database()';

it('has no deadlock, and loses nothing, while two gateways signal runs that close, continue and start again', async () => {
  const database = await server().createDatabase();
  const world = toWorld(database);

  const { accepted, recorded, left } = await contend(await openFixture(world), { workflows: 100, rounds: 40 });

  expect(recorded).toEqual(accepted);
  expect(left).toEqual([]);
  expect(Object.keys(accepted).length).toBeGreaterThan(200);
  await world.close(); // with their end, sessions have reported what they counted
  expect(await database.query(deadlocks)).toEqual([{ deadlocks: 0 }]);
}, 120_000);

it('has no deadlock while two gateways start the same workflows in orders of their own', async () => {
  const database = await server().createDatabase();
  const [{ deadlocks: before } = { deadlocks: 0 }] = await database.query<{ deadlocks: number }>(deadlocks);
  const world = toWorld(database);
  const { shards } = await openFixture(world);
  const ids = Array.from({ length: 100 }, (_, i) => `workflow-${i}`);

  const gateways = [ids, ids.toReversed()].map(async (order) => {
    const intake = world.openRunIntake();
    const outcomes: StartOutcome[] = [];
    for (let round = 0; round < 20; round++) {
      const starts = order.map((id) => runStart(shards[0], { workflowId: `${id}-${round}` }));
      outcomes.push(...(await intake.start('gateway', starts)).outcomes);
    }
    return outcomes;
  });

  const outcomes = (await Promise.all(gateways)).flat();
  expect(outcomes.filter(({ outcome }) => outcome === 'started')).toHaveLength(20 * 100);
  expect(outcomes.filter(({ outcome }) => outcome === 'open')).toHaveLength(20 * 100);
  await world.close();
  expect(await database.query(deadlocks)).toEqual([{ deadlocks: before }]);
}, 60_000);
