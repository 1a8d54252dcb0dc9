import {
  type CommitBatch,
  type CommitOutcome,
  type HistoryEvent,
  isClosed,
  type OutboxEntryId,
  type RunAdvance,
  type RunId,
  statusCodes,
  toEventRow,
  wakeCause,
} from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { updatesAccepted, updateValues } from './accept-updates.js';
import { isFenced, locked, proved } from './fence.js';
import { firstWakeUp, instant } from './instants.js';
import { indexed, replaced, searchAttributeColumns } from './search-attribute-rows.js';
import { approvalsWritten, approvalValues } from './write-approvals.js';
import { mapsWritten, mapValues } from './write-map-records.js';
import { placesWritten, placeValues } from './write-places.js';

// One commit of a batch, in one statement:
//   proved, locked  see `fence.ts`.
//   advanced        runs that stand where the owner thinks, and that have taken every accepted request if they close. Everything else
//                   joins this one, so that a refused run leaves nothing.
//   continued       successors: their predecessor's row has left the index of open runs by then.
// A plan made while a table is empty, as outbox and requests mostly are, must not read all of it when it has grown: what could be joins
// are arrays, hashed subqueries (`is true` keeps them that) and a lateral behind `offset 0`.
const named = `
          select run_id, expected_seq as after_seq, last_seq as to_seq from advanced where last_seq > expected_seq
           union all select run_id, 0, 1 from continued`;
const bare = {
  values: '',
  columns: '',
  changes: '',
  condition: '',
  settled: 'x.taken',
  returned: '',
  namedArray: 'run_id, after_seq, to_seq',
  named,
  more: '',
};

const toStatement = (name: string, parts = bare): Statement => ({
  name,
  isWrite: true,
  text: `
    with ${proved}, ${locked}, advanced as (
      update workflow_runs w
         set last_seq = x.last_seq, status = x.status, wake_causes = x.wake_causes, awaited_signals = x.awaited_signals,
             code_waits = x.code_waits,${parts.changes}
             closed_at = ${instant('x.closed_at')}, closed_status = case when x.closed_at is not null then x.status end,
             next_wakeup_at = case
               when x.closed_at is not null then null
               when w.next_wakeup_at is null or w.next_wakeup_at <= now() or ${instant('x.wakes_at')} < w.next_wakeup_at
                 then ${instant('x.wakes_at')}
               else w.next_wakeup_at
             end
        from unnest($3::uuid[], $4::int[], $5::int[], $6::smallint[], $7::smallint[], $8::text[], $9::float8[], $10::float8[], $11::int[], $12::text[]${parts.values})
             with ordinality as x (run_id, expected_seq, last_seq, status, wake_causes, awaited_signals, wakes_at, closed_at, taken, code_waits${parts.columns}, i)
       where w.run_id = x.run_id and w.last_seq = x.expected_seq
         and ${isFenced}
         and (x.closed_at is null or w.requests_accepted = ${parts.settled}) ${parts.condition}
      returning w.run_id, w.first_run_id, w.namespace, w.workflow_id, w.shard, x.i, x.expected_seq, x.last_seq, x.closed_at, x.taken${parts.returned}
    ), continued as (
      insert into workflow_runs (run_id, first_run_id, namespace, workflow_id, workflow, task_queue, shard, status, last_seq, wake_causes, started_at, next_wakeup_at)
      select y.run_id, a.first_run_id, a.namespace, a.workflow_id, y.workflow, y.task_queue, a.shard, ${statusCodes.Pending}, 1, ${wakeCause.start},
             ${instant('y.started_at')}, ${firstWakeUp('y.wakes_at')}
        from unnest($13::int[], $14::uuid[], $15::text[], $16::text[], $17::float8[], $18::float8[]) as y (i, run_id, workflow, task_queue, started_at, wakes_at)
        join advanced a using (i)
      returning run_id
    ), recorded as (
      insert into history_events (run_id, seq, type, at, data, payload)
      select e.run_id, e.seq, e.type, ${instant('e.at')}, e.data, e.payload
        from unnest($19::int[], $20::uuid[], $21::int[], $22::smallint[], $23::float8[], $24::text[], $25::text[]) as e (i, run_id, seq, type, at, data, payload)
       where (e.i in (select i from advanced)) is true
    ), taken as (
      delete from run_requests where ctid = any (array(
        select q.ctid from advanced a
         cross join lateral (select ctid from run_requests where run_id = a.run_id and n <= a.taken offset 0) q
         where a.taken > 0))
    ), forgotten as (
      delete from activity_heartbeats where run_id = any (array(select run_id from advanced where closed_at is not null))
    ), entry as (
      insert into outbox (source, runs)
      select $26, json_agg(json_build_array(${parts.namedArray})) from (${parts.named}) named
      having count(*) > 0
      returning id
    ), published as (
      delete from outbox where id = any (array(select id from outbox where id = any ($27::bigint[]) for update skip locked))
    )${parts.more}
    select (select id from entry) as entry,
           case when (select count(*) from advanced) < cardinality($3) then (select coalesce(array_agg(run_id), '{}') from advanced) end as advanced`,
});

// Labels, approvals, maps and places under limits change seldom: the other batches do not pay for them. Nor for updates that their owner
// accepts, which come with any of them.
const labels = {
  ...bare,
  values: ', $28::text[], $29::text[]',
  columns: ', status_text, memo',
  changes: ' status_text = coalesce(x.status_text, w.status_text), memo = coalesce(x.memo, w.memo),',
  more: `, ${replaced(30, 'select run_id from advanced')}, ${indexed(30, 'select run_id from advanced union all select run_id from continued')}`,
};
const approvals = { ...labels, more: labels.more + approvalsWritten(35) };
const maps = mapsWritten(approvals, 45);
const places = { ...maps, more: maps.more + placesWritten(56) };

const toStatements = (name: string, parts: typeof bare, nextValue: number) => ({
  plain: toStatement(name, parts),
  withUpdates: toStatement(`${name}_and_updates`, updatesAccepted(parts, nextValue)),
});
const statements = {
  plain: toStatements('commit_advances', bare, 28),
  labels: toStatements('commit_advances_with_labels', labels, 35),
  approvals: toStatements('commit_advances_with_approvals', approvals, 45),
  maps: toStatements('commit_advances_with_maps', maps, 56),
  places: toStatements('commit_advances_with_places', places, 69),
};

/** Commits a batch; of a run there is at most one advance in it. */
export async function commitAdvances(executor: Executor, batch: CommitBatch): Promise<CommitOutcome> {
  const { shards, advances, source, published } = batch;
  const writesPlaces = advances.some(({ limits }) => limits);
  const writesMaps = writesPlaces || advances.some(({ maps }) => maps);
  const writesApprovals = writesMaps || advances.some(({ approvals }) => approvals);
  const writesLabels = writesApprovals || advances.some(changesLabels);
  const acceptsUpdates = advances.some(({ accepted }) => accepted);
  const few = writesApprovals ? 'approvals' : writesLabels ? 'labels' : 'plain';
  const { plain, withUpdates } = statements[writesPlaces ? 'places' : writesMaps ? 'maps' : few];
  const [row] = await executor.query<{ entry: OutboxEntryId | null; advanced: RunId[] | null }>(acceptsUpdates ? withUpdates : plain, [
    shards.map(({ id }) => id),
    shards.map(({ epoch }) => epoch),
    ...runColumns(advances),
    ...successorColumns(advances),
    ...eventColumns(advances),
    source,
    published,
    ...(writesLabels ? [...labelColumns(advances), ...searchAttributeValues(advances)] : []),
    ...(writesApprovals ? approvalValues(advances) : []),
    ...(writesMaps ? mapValues(advances) : []),
    ...(writesPlaces ? placeValues(advances) : []),
    ...(acceptsUpdates ? updateValues(advances) : []),
  ]);
  return { advanced: new Set(row?.advanced ?? advances.map(({ runId }) => runId)), entry: row?.entry ?? undefined };
}

function runColumns(advances: readonly RunAdvance[]): unknown[][] {
  return [
    advances.map(({ runId }) => runId),
    advances.map(({ expectedSeq }) => expectedSeq),
    advances.map(({ expectedSeq, events }) => expectedSeq + events.length),
    advances.map(({ status }) => statusCodes[status]),
    advances.map(({ wakeCauses }) => wakeCauses),
    advances.map(({ awaitedSignals }) => (awaitedSignals.length ? JSON.stringify(awaitedSignals) : null)),
    advances.map(({ wakesAtMs }) => wakesAtMs),
    advances.map(({ status, events }) => (isClosed(status) ? events.at(-1)?.at : undefined)),
    advances.map(({ taken }) => taken),
    advances.map(({ codeWaits }) => (codeWaits ? JSON.stringify(codeWaits) : null)),
  ];
}

const changesLabels = ({ statusText, memo, searchAttributes, successor }: RunAdvance): boolean =>
  (statusText ?? memo ?? searchAttributes ?? successor?.started.data.searchAttributes) !== undefined;

const labelColumns = (advances: readonly RunAdvance[]): unknown[][] => [
  advances.map(({ statusText }) => statusText),
  advances.map(({ memo }) => memo),
];

/** Of the sets that changed, of those with which successors begin, and whose the former are. */
function searchAttributeValues(advances: readonly RunAdvance[]): readonly unknown[] {
  const changed = advances.filter(({ searchAttributes }) => searchAttributes);
  const begun = advances.flatMap(({ successor }) => successor ?? []);
  const successors = begun.map(({ runId, started }) => ({ runId, searchAttributes: started.data.searchAttributes }));
  return [...searchAttributeColumns([...changed, ...successors]), changed.map(({ runId }) => runId)];
}

function successorColumns(advances: readonly RunAdvance[]): unknown[][] {
  const columns: unknown[][] = [[], [], [], [], [], []];
  for (const [i, { successor }] of advances.entries()) {
    if (!successor) continue;
    const { data, at } = successor.started;
    append(columns, [i + 1, successor.runId, data.workflow, data.taskQueue, at, successor.wakesAtMs]);
  }
  return columns;
}

function eventColumns(advances: readonly RunAdvance[]): unknown[][] {
  const columns: unknown[][] = [[], [], [], [], [], [], []];
  const record = (i: number, id: RunId, event: HistoryEvent) => {
    const { seq, type, at, data, payload } = toEventRow(event);
    append(columns, [i + 1, id, seq, type, at, data, payload]);
  };
  for (const [i, { runId, events, successor }] of advances.entries()) {
    for (const event of events) record(i, runId, event);
    if (successor) record(i, successor.runId, successor.started);
  }
  return columns;
}

function append(columns: readonly unknown[][], row: readonly unknown[]): void {
  for (const [column, value] of row.entries()) columns[column]!.push(value);
}
