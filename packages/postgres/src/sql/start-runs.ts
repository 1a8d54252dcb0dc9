import { eventCodes, type OutboxEntryId, type RunId, type RunStart, statusCodes, toEventRow, wakeCause } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { firstWakeUp, instant } from './instants.js';
import { indexed, searchAttributeColumns } from './search-attribute-rows.js';
import { signaledRun } from './signaled-run.js';

// A start whose workflow id is open, or whose key is known, inserts nothing: neither run nor history nor a name in the entry.
const toStatement = (name: string, { where = '', more = '' } = {}): Statement => ({
  name,
  isWrite: true,
  text: `
    with x as (
      select * from unnest($1::text[], $2::text[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::float8[], $8::float8[], $9::text[], $10::text[], $11::text[], $12::text[])
                      as x (namespace, workflow_id, run_id, shard, workflow, task_queue, started_at, wakes_at, data, payload, start_key, start_fingerprint)
    ), started as (
      insert into workflow_runs (run_id, first_run_id, namespace, workflow_id, workflow, task_queue, shard, status, last_seq, wake_causes, started_at, next_wakeup_at,
                                 start_key, start_fingerprint)
      select run_id, run_id, namespace, workflow_id, workflow, task_queue, shard, ${statusCodes.Pending}, 1, ${wakeCause.start}, ${instant('started_at')},
             ${firstWakeUp('wakes_at')}, start_key, start_fingerprint
        from x${where}
      on conflict do nothing
      returning run_id
    ), recorded as (
      insert into history_events (run_id, seq, type, at, data, payload)
      select x.run_id, 1, ${eventCodes.WorkflowStarted}, ${instant('x.started_at')}, x.data, x.payload from x
       where (x.run_id in (select run_id from started)) is true
    ), entry as (
      insert into outbox (source, runs)
      select $13, json_agg(json_build_array(run_id, 0, 1)) from started having count(*) > 0
      returning id
    )${more}
    select (select id from entry) as entry,
           case when (select count(*) from started) < cardinality($3) then (select coalesce(array_agg(run_id), '{}') from started) end as started`,
});

const plain = toStatement('start_runs');
// For batches in which some have search attributes, or a key and a signal that may have gone to a run before. A run that was open when the
// statement began keeps those from starting, also when it is closed by now: only a later statement sees what it got meanwhile.
const withMore = toStatement('start_runs_with_more', {
  where: `
       where (x.run_id in (select unnest($18::uuid[]))) is not true
          or not exists (select from workflow_runs o where o.namespace = x.namespace and o.workflow_id = x.workflow_id and o.closed_at is null)
             and not exists (${signaledRun('x')})`,
  more: `, ${indexed(14, 'select run_id from started')}`,
});

export interface StartedRuns {
  readonly started: ReadonlySet<RunId>;
  readonly entry: OutboxEntryId | undefined;
}

/** Starts what can be started. Two batches that overlap cannot deadlock over workflow ids: they insert them in one order. */
export async function startRuns(executor: Executor, source: string, starts: readonly RunStart[]): Promise<StartedRuns> {
  const sorted = starts.toSorted(
    (a, b) => compare(a.namespace, b.namespace) || compare(a.started.data.workflowId, b.started.data.workflowId),
  );
  const rows = sorted.map(({ started }) => toEventRow(started));
  const hasMore = sorted.some(({ started, signalFingerprint }) => started.data.searchAttributes || signalFingerprint !== undefined);
  const [row] = await executor.query<{ entry: OutboxEntryId | null; started: RunId[] | null }>(hasMore ? withMore : plain, [
    sorted.map(({ namespace }) => namespace),
    sorted.map(({ started }) => started.data.workflowId),
    sorted.map(({ runId }) => runId),
    sorted.map(({ shard }) => shard),
    sorted.map(({ started }) => started.data.workflow),
    sorted.map(({ started }) => started.data.taskQueue),
    rows.map(({ at }) => at),
    sorted.map(({ wakesAtMs }) => wakesAtMs),
    rows.map(({ data }) => data),
    rows.map(({ payload }) => payload),
    sorted.map(({ idempotencyKey }) => idempotencyKey),
    sorted.map(({ fingerprint }) => fingerprint),
    source,
    ...(hasMore
      ? [
          ...searchAttributeColumns(sorted.map(({ runId, started }) => ({ runId, searchAttributes: started.data.searchAttributes }))),
          sorted.filter(({ signalFingerprint }) => signalFingerprint !== undefined).map(({ runId }) => runId),
        ]
      : []),
  ]);
  return { started: new Set(row?.started ?? starts.map(({ runId }) => runId)), entry: row?.entry ?? undefined };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
