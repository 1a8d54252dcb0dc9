import { expect, it } from '@jest/globals';
import { openFixture } from '@marathon/conformance';
import type { RunAdvance } from '@marathon/core';
import { toWorld, useTestServer } from '../../test/test-server.js';

const server = useTestServer();

it('leaves the indexes alone when it steps runs: 85 % of the updates at least stay on their page', async () => {
  const database = await server().createDatabase();
  // A vacuum's or analyze's snapshot would keep old versions on their pages for a while.
  await database.query('alter table workflow_runs set (autovacuum_enabled = off)');
  const world = toWorld(database);
  const fixture = await openFixture(world);
  const updates = 'select n_tup_upd::int as all, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname = $$workflow_runs$$';
  const runs = (await Promise.all(Array.from({ length: 4 }, () => fixture.startRuns(64)))).flat();

  const deadline = Date.now() + 600_000;
  for (let seq = 1; seq <= 12; seq++) {
    const advances = runs.map(
      ({ runId, shard }): RunAdvance => ({
        runId,
        shard: shard.id,
        expectedSeq: seq,
        events: [{ seq: seq + 1, type: 'TimerFired', at: Date.now(), data: { timerSeq: seq } }],
        status: seq % 2 ? 'Running' : 'Suspended',
        wakesAtMs: deadline + seq,
        wakeCauses: seq % 2 ? 4 : 8,
        awaitedSignals: seq % 3 ? [] : ['go'],
        taken: 0,
      }),
    );
    for (let from = 0; from < advances.length; from += 64) await fixture.commit(...advances.slice(from, from + 64));
  }

  await world.close(); // with their end, sessions have reported what they counted
  const [{ all, hot } = { all: 0, hot: 0 }] = await database.query<{ all: number; hot: number }>(updates);
  expect(all).toBe(12 * 256);
  expect(hot / all).toBeGreaterThanOrEqual(0.85);
}, 30_000);
