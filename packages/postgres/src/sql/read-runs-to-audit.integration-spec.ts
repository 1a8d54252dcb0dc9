import { expect, it } from '@jest/globals';
import { openFixture } from '@marathon/conformance';
import { type RunId, wakeCause } from '@marathon/core';
import { toWorld, useTestServer } from '../../test/test-server.js';

const server = useTestServer();

it('comes to the end of many runs that sleep, and finds each that waits for work once', async () => {
  const database = await server().createDatabase();
  const world = toWorld(database);
  const { store, shards } = await openFixture(world);
  const ids = shards.map(({ id }) => id);
  // Nine runs of ten are in the first shard; one of 97 waits for an activity.
  await database.query(
    `insert into workflow_runs (run_id, first_run_id, namespace, workflow_id, workflow, task_queue, shard, status, last_seq, wake_causes, started_at)
     select id, id, 'default', i::text, 'w', 'q', case when i % 10 = 0 then ${ids[1]} else ${ids[0]} end, 1, 1,
            case when i % 97 = 0 then ${wakeCause.activity} else ${wakeCause.timer} end, now() - interval '1 hour'
       from (select i, ('00000000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid as id from generate_series(1, 12000) i) x`,
  );
  const expected = Array.from({ length: Math.floor(12_000 / 97) }, (_, i) => String((i + 1) * 97).padStart(12, '0'));
  // A page ends at its limit, or behind as many sleeping runs as may be passed over at a time.
  for (const limit of [20, 500]) {
    const pages: (readonly RunId[])[] = [];
    let afterRunId: RunId | undefined;
    do {
      const query = { shards: ids, causes: wakeCause.activity, startedBeforeMs: Date.now(), afterRunId, limit };
      const { runs, after } = await store.readRunsToAudit(query);
      pages.push(runs.map(({ runId }) => runId));
      afterRunId = after;
    } while (afterRunId !== undefined);
    expect(pages.flat().map((id) => id.slice(-12))).toEqual(expected);
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(limit);
    expect(pages.length).toBeGreaterThan(3);
  }
  await world.close();
});
