import type { ApprovalQuery, ApprovalRow } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { msOf } from './instants.js';

const statement: Statement = {
  name: 'list_approvals',
  text: `
    select a.run_id as "runId", a.activity_seq as "activitySeq", w.workflow_id as "workflowId", w.workflow, a.title, a.assignee,
           ${msOf('a.opened_at')} as "openedAtMs", ${msOf('a.deadline_at')} as "deadlineMs",
           ${msOf('a.escalates_at')} as "escalatesAtMs", a.escalates_to as "escalatesTo"
      from approvals a join workflow_runs w using (run_id)
     where a.namespace = $1 and ($2::text is null or a.assignee = $2) and ($3::uuid is null or (a.run_id, a.activity_seq) > ($3, $4))
     order by a.run_id, a.activity_seq limit $5`,
};

type Row = Omit<ApprovalRow, 'assignee' | 'deadlineMs' | 'escalation'> & {
  readonly assignee: string | null;
  readonly deadlineMs: number | null;
  readonly escalatesAtMs: number | null;
  readonly escalatesTo: string | null;
};

export async function listApprovals(executor: Executor, query: ApprovalQuery): Promise<readonly ApprovalRow[]> {
  const { namespace, assignee, after, limit } = query;
  const rows = await executor.query<Row>(statement, [namespace, assignee ?? null, after?.runId ?? null, after?.activitySeq ?? 0, limit]);
  return rows.map(toApproval);
}

const toApproval = ({ assignee, deadlineMs, escalatesAtMs, escalatesTo, ...row }: Row): ApprovalRow => ({
  ...row,
  assignee: assignee ?? undefined,
  deadlineMs: deadlineMs ?? undefined,
  escalation: escalatesAtMs === null || escalatesTo === null ? undefined : { atMs: escalatesAtMs, assignee: escalatesTo },
});
