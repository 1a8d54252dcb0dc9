import { isOpen } from './open-run.js';

// What whoever writes as the owner of runs begins with: `$1` and `$2` are its shards and their epochs, `$3` the runs.

/** Shards whose epoch is still the owner's. A gain that is under way is waited for; its raised epoch then counts. */
export const proved = `proved as materialized (
      select id from shards join unnest($1::int[], $2::int[]) as p (shard, epoch) on shards.id = p.shard and shards.epoch = p.epoch
       order by id for share of shards
    )`;

/**
 * The open runs, in the order of their ids, as everybody locks them: an update alone takes them in an order that the planner likes, and
 * statements that overlap deadlock (measured: 5 % of the database's time and of the WAL).
 */
export const locked = `locked as materialized (
      select run_id from workflow_runs where run_id = any ($3::uuid[]) and ${isOpen} order by run_id for no key update
    )`;

/** Of a row `w`: it is locked, and its shard is proved. Hashed subqueries: no index is read from end to end for them. */
export const isFenced = `(w.run_id in (select run_id from locked)) is true and (w.shard in (select id from proved)) is true`;
