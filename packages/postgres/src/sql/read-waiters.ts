import type { LimitName, RunId, Waiter } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

/** How many of a line are looked at together. */
export const waitersPerLimit = 200;

/** Somebody in the line of a limit. Who waits for two stands in both. */
export interface WaiterRow extends Waiter {
  readonly namespace: string;
  readonly name: LimitName;
  readonly partner: LimitName | null;
  readonly runId: RunId;
  readonly activitySeq: number;
  readonly attempt: number;
}

// The first of each line, but for those whose further limit is full as it seems: these must hold nobody up, however many they are.
// Whether a further limit has room is asked once for each: `offset 0` and a time that stands still let the answer be remembered.
const statement: Statement = {
  name: 'read_waiters',
  text: `
    select f.namespace, f.name, f.partner, f.run_id as "runId", f.activity_seq as "activitySeq", f.attempt, f.priority,
           f.rank::float8 as rank, f.id::float8 as "order"
      from limits l
     cross join lateral (
       select p.* from limit_places p
         left join lateral (
           select case when o.per_ms is not null
                    then o.full_at_ms + o.per_ms::float8 / o.limit_value - o.per_ms <= date_part('epoch', statement_timestamp()) * 1000
                    else (select count(*) from limit_places h
                           where h.namespace = o.namespace and h.name = o.name and h.admitted_at is not null) < o.limit_value
                  end as has_room
             from limits o where o.namespace = p.namespace and o.name = p.partner offset 0) r on true
        where p.namespace = l.namespace and p.name = l.name and p.admitted_at is null
          and coalesce(r.has_room, true) and ($2::text[] is null or p.partner is null or p.partner = any ($2))
        order by p.priority, p.rank, p.id
        limit ${waitersPerLimit}) f
     where l.name = any ($1)`,
};

/** @param partners when given, nobody who waits for a further limit than these */
export async function readWaiters(
  executor: Executor,
  names: readonly LimitName[],
  partners?: readonly LimitName[],
): Promise<readonly WaiterRow[]> {
  const rows = await executor.query<Omit<WaiterRow, 'limits'>>(statement, [names, partners ?? null]);
  return rows.map((row) => ({ ...row, limits: row.partner === null ? [row.name] : [row.name, row.partner] }));
}
