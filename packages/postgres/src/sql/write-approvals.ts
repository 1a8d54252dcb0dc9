import type { RunAdvance } from '@marathon/core';
import { instant } from './instants.js';

/** Parts of a commit that keep the list of open approvals; their values are parameters from `$first` on. */
export const approvalsWritten = (first: number): string => `
    , answered as (
      delete from approvals where ctid = any (array(
        select p.ctid from unnest($${first}::uuid[], $${first + 1}::int[]) as c (run_id, activity_seq) join advanced using (run_id)
         cross join lateral (select ctid from approvals where run_id = c.run_id and activity_seq = c.activity_seq offset 0) p))
    ), asked as (
      insert into approvals (run_id, activity_seq, namespace, title, assignee, opened_at, deadline_at, escalates_at, escalates_to)
      select o.run_id, o.activity_seq, a.namespace, o.title, o.assignee, ${instant('o.opened_at')}, ${instant('o.deadline_at')},
             ${instant('o.escalates_at')}, o.escalates_to
        from unnest($${first + 2}::uuid[], $${first + 3}::int[], $${first + 4}::text[], $${first + 5}::text[], $${first + 6}::float8[], $${first + 7}::float8[],
                    $${first + 8}::float8[], $${first + 9}::text[])
             as o (run_id, activity_seq, title, assignee, opened_at, deadline_at, escalates_at, escalates_to)
        join advanced a using (run_id)
      on conflict (run_id, activity_seq) do update set assignee = excluded.assignee, escalates_at = excluded.escalates_at, escalates_to = excluded.escalates_to
    )`;

export function approvalValues(advances: readonly RunAdvance[]): readonly unknown[] {
  const closed = advances.flatMap(({ runId, approvals }) => (approvals?.closed ?? []).map((seq) => ({ runId, seq })));
  const opened = advances.flatMap(({ runId, approvals }) => (approvals?.opened ?? []).map((approval) => ({ runId, ...approval })));
  return [
    closed.map(({ runId }) => runId),
    closed.map(({ seq }) => seq),
    opened.map(({ runId }) => runId),
    opened.map(({ activitySeq }) => activitySeq),
    opened.map(({ title }) => title),
    opened.map(({ assignee }) => assignee),
    opened.map(({ openedAtMs }) => openedAtMs),
    opened.map(({ deadlineMs }) => deadlineMs),
    opened.map(({ escalation }) => escalation?.atMs),
    opened.map(({ escalation }) => escalation?.assignee),
  ];
}
