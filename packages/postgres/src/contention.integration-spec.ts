import { expect, it } from '@jest/globals';
import { contend, openFixture } from '@marathon/conformance';
import { toWorld, useTestServer } from '../test/test-server.js';

const server = useTestServer();

it('has no deadlock, and loses nothing, while two gateways signal runs that close, continue and start again', async () => {
  const database = await server().createDatabase();
  const world = toWorld(database);

  const { accepted, recorded, left } = await contend(await openFixture(world), { workflows: 100, rounds: 40 });

  expect(recorded).toEqual(accepted);
  expect(left).toEqual([]);
  expect(Object.keys(accepted).length).toBeGreaterThan(200);
  await world.close(); // with their end, sessions have reported what they counted
  expect(await database.query('select deadlocks::int from pg_stat_database where datname = current_database()')).toEqual([
    { deadlocks: 0 },
  ]);
}, 120_000);
