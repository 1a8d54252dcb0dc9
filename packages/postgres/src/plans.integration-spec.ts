import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { advance, completion, type OpenRun, openFixture, type StoreFixture } from '@marathon/conformance';
import { type RequestIntake, recordedPayload } from '@marathon/core';
import { type TestDatabase, toWorld, useTestServer } from '../test/test-server.js';

const server = useTestServer();
const openRuns = 3_000;

/**
 * The worst moment to make a plan: the planner was told of closed runs alone, many others have been opened since, and a plan that is
 * made before it is told again must not pass over all of them.
 */
describe('with many open runs that the planner does not know of', () => {
  let database: TestDatabase;
  let fixture: StoreFixture;
  let runs: readonly OpenRun[];
  /** Closing it leaves the rows where they are. */
  const open = () => openFixture(toWorld({ ...database, release: async () => {} }));

  beforeAll(async () => {
    database = await server().createDatabase();
    await database.query('alter table workflow_runs set (autovacuum_enabled = off)');
    const before = await open();
    await before.commit(...(await before.startRuns(500)).map((run) => completion(run)));
    await database.query('analyze workflow_runs');
    for (let started = 0; started < openRuns; started += 500) await before.startRuns(500);
    await before.world.close();
  }, 60_000);
  beforeEach(async () => {
    const before = await open();
    runs = await before.startRuns(8);
    await before.world.close();
    fixture = await open();
  });
  afterEach(async () => {
    await fixture.world.close();
  });

  /** How many rows of runs it looked at: sessions report what they counted with their end. */
  async function rowsRead(act: () => Promise<unknown>): Promise<number> {
    const count = async () => {
      const [row] = await database.query<{ read: number }>(
        `select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_user_tables where relname = 'workflow_runs'`,
      );
      return row?.read ?? 0;
    };
    const before = await count();
    await act();
    await fixture.world.close();
    return (await count()) - before;
  }

  const ofEach = <T>(make: (run: OpenRun) => T): readonly T[] => runs.map(make);
  const signalTo = ({ workflowId }: OpenRun): RequestIntake => ({
    namespace: 'default',
    workflowId,
    request: { kind: 'signal', name: 'go' },
  });

  const shardOf = () => fixture.shards[0];
  const wakeUps = () => ofEach(({ runId }) => ({ runId, shard: shardOf().id, lastSeq: 1, atMs: undefined }));
  const heartbeats = () =>
    ofEach(({ runId }) => ({ runId, shard: shardOf().id, activitySeq: 2, attempt: 1, details: recordedPayload('1') }));

  it.each<[what: string, act: () => Promise<unknown>]>([
    ['a commit', () => fixture.commit(...ofEach((run) => advance(run)))],
    ['a commit of one run', () => fixture.commit(advance(runs[0]!))],
    ['a commit that closes runs', () => fixture.commit(...ofEach((run) => completion(run)))],
    ['correcting wake-ups', () => fixture.store.correctWakeUps([shardOf()], wakeUps())],
    ['saving heartbeats', () => fixture.store.saveHeartbeats([shardOf()], heartbeats())],
    ['loading runs', () => fixture.store.loadRuns(ofEach(({ runId }) => runId))],
    ['explaining a refusal', () => fixture.store.explainRefusals(ofEach(({ runId }) => runId))],
    ['accepting a request', () => fixture.intake.request([signalTo(runs[0]!)])],
    ['accepting requests', () => fixture.intake.request(ofEach(signalTo))],
    ['starting runs', () => fixture.startRuns(8)],
  ])('%s looks at the rows that it is about', async (_, act) => {
    expect(await rowsRead(act)).toBeLessThanOrEqual(runs.length * 6);
  });
});
