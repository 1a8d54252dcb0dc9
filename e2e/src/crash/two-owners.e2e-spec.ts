import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunId, Shard } from '@marathon/core';
import { migrateDatabase } from '@marathon/postgres';
import { workflow } from '@marathon/workflow';
import { eventually } from './eventually.js';
import { OwnerOnPostgres } from './owner-on-postgres.js';
import { TestDatabase } from './test-database.js';

const timeoutMs = 60_000;

const workflows = [
  workflow('act', (ctx) => ctx.activity('act')),
  workflow('nap', async (ctx, durationMs: number) => {
    await ctx.sleep(durationMs);
    return 'awake';
  }),
];

describe('two owners of one shard', () => {
  const database = new TestDatabase();
  let zombie: OwnerOnPostgres;
  let successor: OwnerOnPostgres;
  let lost: Shard;
  let kept: Shard;

  beforeAll(async () => {
    await database.start();
    await migrateDatabase(database.url);
  }, timeoutMs);
  afterAll(() => database.stop(), timeoutMs);

  beforeEach(async () => {
    const options = { databaseUrl: database.url, workflows, partitions: 2 };
    zombie = await OwnerOnPostgres.open({ ...options, name: 'zombie' });
    successor = await OwnerOnPostgres.open({ ...options, name: 'successor' });
    [lost, kept] = zombie.shards as [Shard, Shard];
    await zombie.owner.gain([lost, kept]);
    await zombie.owner.settled();
  });
  afterEach(async () => {
    await Promise.all([zombie.stop(), successor.stop()]);
  });

  const typesOf = async (id: RunId) =>
    (await database.read<{ type: number }>(`select type from history_events where run_id = '${id}' order by seq`)).length;

  const statusOf = async (id: RunId) =>
    (await database.read<{ closed: boolean }>(`select closed_at is not null as closed from workflow_runs where run_id = '${id}'`))[0]
      ?.closed;

  it(
    'lets the zombie write nothing for the shard that it lost, and commit what it still owns',
    async () => {
      const [inLost, inKept] = await Promise.all([zombie.start('act', lost), zombie.start('act', kept)]);
      const pause = zombie.holdCommits();
      zombie.deliver(inLost, inKept);
      await pause.reached;
      await successor.owner.gain([lost]);
      await successor.owner.settled();
      expect(successor.toldOf(inLost.runId)).toEqual(['activity-task']);
      const written = await typesOf(inLost.runId);

      pause.release();
      await zombie.owner.settled();
      expect(await typesOf(inLost.runId)).toBe(written);
      expect(zombie.toldOf(inLost.runId)).toEqual([]);
      expect(zombie.toldOf(inKept.runId)).toEqual(['activity-task']);
      expect(zombie.done).toEqual([inKept]);
      expect(zombie.lost.map(({ id }) => id)).toEqual([lost.id]);
      const watched = () => zombie.told.flatMap((message) => (message.kind === 'run-events' ? message.runs.map(({ runId }) => runId) : []));
      await eventually(() => expect(watched()).toEqual([inKept.runId]));
    },
    timeoutMs,
  );

  it(
    'loses no timer: neither one that the zombie had planted nor one of its successor',
    async () => {
      const [planted, begun] = await Promise.all([zombie.start('nap', lost, 700), zombie.start('nap', lost, 200)]);
      zombie.deliver(planted);
      await zombie.owner.settled();
      const pause = zombie.holdCommits();
      zombie.deliver(begun);
      await pause.reached;
      await successor.owner.gain([lost]);
      await eventually(async () => expect(await Promise.all([planted.runId, begun.runId].map(statusOf))).toEqual([true, true]));
      pause.release();
      await zombie.owner.settled();
      expect(await Promise.all([planted.runId, begun.runId].map(typesOf))).toEqual([4, 4]);
      expect([...zombie.toldOf(planted.runId), ...zombie.toldOf(begun.runId)]).toEqual([]);
    },
    timeoutMs,
  );

  it(
    "refuses the zombie's own timer when it falls due",
    async () => {
      const planted = await zombie.start('nap', lost, 300);
      zombie.deliver(planted);
      await zombie.owner.settled();
      const pause = zombie.holdCommits();
      await successor.owner.gain([lost]);
      const hold = successor.holdCommits();
      await pause.reached;
      pause.release();
      await eventually(() => expect(zombie.lost.map(({ id }) => id)).toEqual([lost.id]));
      expect(await typesOf(planted.runId)).toBe(2);
      hold.release();
      await eventually(async () => expect(await statusOf(planted.runId)).toBe(true));
      expect(await typesOf(planted.runId)).toBe(4);
    },
    timeoutMs,
  );

  it(
    "refuses the zombie's heartbeats and corrections",
    async () => {
      const announced = await zombie.start('act', lost);
      zombie.deliver(announced);
      await zombie.owner.settled();
      const { runId, to } = announced;
      const attempt = { runId, activitySeq: 2, attempt: 1 };
      zombie.deliver({ kind: 'activity-announced', to, ...attempt, worker: 'w' });
      await zombie.owner.settled();
      const [old] = await zombie.store.gainShards([lost], 'the zombie, a moment ago');
      await successor.owner.gain([lost]);

      const heartbeat = { atMs: Date.now(), details: '{"page":7}' as never };
      zombie.deliver({ kind: 'leases-renewed', to, worker: 'w', leases: [{ ...attempt, heartbeat }] });
      zombie.deliver({ kind: 'activity-announced', to, ...attempt, worker: 'w' });
      await zombie.owner.settled();
      expect(await database.read('select * from activity_heartbeats')).toEqual([]);

      const bound = () =>
        database.read<{ bound: Date | null; seq: number }>(
          `select next_wakeup_at as bound, last_seq as seq from workflow_runs where run_id = '${runId}'`,
        );
      const [before] = await bound();
      if (!old || !before) throw new Error('the shard and the run are there');
      await zombie.store.correctWakeUps([old], [{ runId, shard: lost.id, lastSeq: before.seq, atMs: 1 }]);
      expect(await bound()).toEqual([before]);
    },
    timeoutMs,
  );
});
