import { expect, it } from '@jest/globals';
import type { LimitName, LimitStore } from '@marathon/core';
import { silentLog, type TestDatabase, useTestServer } from '../test/test-server.js';
import { PostgresDatabase } from './postgres-database.js';

const server = useTestServer();
const slots: LimitName = 'activity-concurrency:slots';

/** What looks at these read: see `readWhile`. */
const readBy = (database: TestDatabase, ...names: readonly LimitName[]): Promise<number> =>
  readWhile(database, async (limits) => {
    for (const name of names) await limits.admit([name]);
  });

/** What is read of places meanwhile, in rows and entries of indexes. */
async function readWhile(database: TestDatabase, action: (limits: LimitStore) => Promise<unknown>): Promise<number> {
  const postgres = new PostgresDatabase({ connectionString: database.connectionString, log: silentLog });
  await action(postgres.limits);
  await postgres.close(); // with their end, sessions have reported what they read
  const [row] = await database.query<{ n: number }>(`
    select (t.seq_tup_read + (select sum(idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid))::int as n
      from pg_stat_user_tables t where relname = 'limit_places'`);
  return row?.n ?? Number.POSITIVE_INFINITY;
}

const inserted = (columns: string, from: string) => `
  insert into limit_places (run_id, activity_seq, attempt, shard, namespace, priority, fairness_key, rank, name, partner, limit_value, per_ms, admitted_at)
  select gen_random_uuid(), 2, 1, 1, 'default', 3, '', 0, ${columns} from ${from}`;

it.each(['never analyzed', 'analyzed'])('looks at the head of a long line, not at all of it: %s', async (state) => {
  const database = await server().createDatabase();
  await database.query('alter table limit_places set (autovacuum_enabled = off)');
  await database.query(inserted(`'${slots}', null, 1, null, now()`, 'generate_series(1, 1)'));
  await database.query(inserted(`'${slots}', null, 1, null, null`, 'generate_series(1, 20000)'));
  if (state === 'analyzed') await database.query('analyze limit_places');
  expect(await readBy(database, slots)).toBeLessThan(2_000);
});

it('counts who holds places once for each limit, not for each one that waits', async () => {
  const database = await server().createDatabase();
  await database.query('alter table limit_places set (autovacuum_enabled = off)');
  await database.query(inserted(`'${slots}', null, 150, null, now()`, 'generate_series(1, 100)'));
  const tenants = 'generate_series(1, 200) i, generate_series(1, 10) tenant';
  await database.query(inserted(`'${slots}', 'activity-rate:' || tenant, 150, null, null`, tenants));
  await database.query(inserted(`'activity-rate:' || tenant, '${slots}', 1, 3600000, null`, tenants));
  await database.query('analyze limit_places');
  expect(await readBy(database, slots, 'activity-rate:1')).toBeLessThan(10_000);
});

it('finds the next of many limits without reading all of them', async () => {
  const database = await server().createDatabase();
  await database.query('alter table limit_places set (autovacuum_enabled = off)');
  await database.query(
    inserted(`'activity-rate:' || to_char(i, '0000'), null, 1, 1000, null`, 'generate_series(1, 3000) i, generate_series(1, 3)'),
  );
  const names: LimitName[] = [];
  const entries = await readWhile(database, async (limits) => {
    names.push(...(await limits.readOpen('activity-rate: 2000', 10)).names);
  });
  expect([names.length, names[0]]).toEqual([10, 'activity-rate: 2001']);
  expect(entries).toBeLessThan(500);
});
