import { expect, it } from '@jest/globals';
import { completion, openFixture, runStart } from '@marathon/conformance';
import pg from 'pg';
import { toWorld, useTestServer } from '../../test/test-server.js';

const server = useTestServer();

it('starts nothing for a signal that a run got, and closed, while the start was held up', async () => {
  const database = await server().createDatabase();
  const world = toWorld(database);
  const fixture = await openFixture(world);
  const run = await fixture.startRun({ workflowId: 'b' });
  await fixture.startRun({ workflowId: 'a' });
  const closing = new pg.Client({ connectionString: database.connectionString });
  await closing.connect();
  await closing.query(`begin; update workflow_runs set closed_at = now() where workflow_id = 'a'`);

  const key = { idempotencyKey: 'k', fingerprint: 'start' };
  const retry = runStart(fixture.shards[0], { workflowId: 'b', ...key, signalFingerprint: 'signal' });
  const answer = world.openRunIntake().start('gateway', [runStart(fixture.shards[0], { workflowId: 'a' }), retry]);
  const held = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  for (let isHeld = false; !isHeld; ) isHeld = (await database.query(held)).length > 0;
  const signal = { namespace: 'default', workflowId: 'b', request: { kind: 'signal', name: 'go' } } as const;
  await fixture.intake.request([{ ...signal, idempotencyKey: 'k', fingerprint: 'signal' }]);
  await fixture.commit(completion(run, { taken: 1 }));
  await closing.query('commit');
  await closing.end();

  expect((await answer).outcomes).toEqual([
    { outcome: 'started' },
    { outcome: 'signaled', runId: run.runId, workflowId: 'b', status: 'Completed' },
  ]);
  await world.close();
});
