import { type ActivityRow, type ApprovalRow, type HistoryEvent, isClosed, type TypedEvent, runId as toRunId } from '@marathon/core';
import type { Approval, ApprovalList, ListApprovalsQuery } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { invalidField, ProblemError } from '../http/problem.error.js';
import { namespace } from '../namespace.js';
import { LargePayloads } from '../payloads/large-payloads.js';
import { instant } from './instant.js';

export interface FoundApproval {
  readonly activitySeq: number;
  readonly row: ActivityRow;
  readonly asked: TypedEvent<'ActivityScheduled'>;
}

const idPattern = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([1-9]\d{0,8})$/;

/** What people are asked by runs. */
@Injectable()
export class Approvals {
  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader'>,
    private readonly payloads: LargePayloads,
  ) {}

  /** One more than asked for tells whether there is a next page. */
  async page({ assignee, cursor, limit }: z.output<typeof ListApprovalsQuery>): Promise<ApprovalList> {
    const after = cursor === undefined ? undefined : parts(cursor);
    if (cursor !== undefined && !after) throw invalidField('cursor', 'is none that this API gave out');
    const query = { namespace, limit: limit + 1, ...(assignee !== undefined && { assignee }), ...(after && { after }) };
    const rows = await this.ports.runReader.listApprovals(query);
    const approvals = rows.slice(0, limit).map(listed);
    const last = rows.length > limit ? approvals.at(-1) : undefined;
    return { approvals, ...(last && { next: last.id }) };
  }

  /** @throws ProblemError MARATHON_APPROVAL_NOT_FOUND */
  async find(id: string): Promise<FoundApproval> {
    const at = parts(id);
    const row = at && (await this.ports.runReader.findActivity({ namespace, ...at, idempotencyKey: '' }));
    const [asked] = row?.events ?? [];
    if (!row || asked?.type !== 'ActivityScheduled' || !asked.data.approval) {
      throw new ProblemError('MARATHON_APPROVAL_NOT_FOUND', `there is no approval "${id.slice(0, 100)}"`);
    }
    const events = await Promise.all(row.events.map((event) => this.payloads.whole(event)));
    return { activitySeq: at.activitySeq, row: { ...row, events }, asked };
  }
}

function parts(id: string): { readonly runId: ReturnType<typeof toRunId>; readonly activitySeq: number } | undefined {
  const [, run, seq] = idPattern.exec(id) ?? [];
  return run === undefined ? undefined : { runId: toRunId(run), activitySeq: Number(seq) };
}

const listed = ({ activitySeq, openedAtMs, deadlineMs, escalation, assignee, ...row }: ApprovalRow): Approval => ({
  id: `${row.runId}.${activitySeq}`,
  status: 'open',
  ...row,
  ...(assignee !== undefined && { assignee }),
  openedAt: instant(openedAtMs),
  ...(escalation && escalates(escalation)),
  ...(deadlineMs !== undefined && { deadline: instant(deadlineMs) }),
});

const escalates = ({ atMs, assignee }: NonNullable<ApprovalRow['escalation']>) => ({ escalatesAt: instant(atMs), escalatesTo: assignee });

/** As its history has it. */
export function described({ activitySeq, row: { run, events }, asked }: FoundApproval): Approval {
  const { approval, scheduleToCloseTimeoutMs } = asked.data;
  const { title = '', description, schema, escalation } = approval ?? {};
  const status = statusOf(events, isClosed(run.status));
  const escalated = events.find((event) => event.type === 'ApprovalEscalated');
  const assignee = escalated?.data.assignee ?? approval?.assignee;
  const answer = events.find((event) => event.type === 'ActivityCompleted');
  return {
    id: `${run.runId}.${activitySeq}`,
    status,
    title,
    ...(assignee !== undefined && { assignee }),
    workflowId: run.workflowId,
    runId: run.runId,
    workflow: run.workflow,
    openedAt: instant(asked.at),
    ...(escalation && status === 'open' && !escalated && escalates({ atMs: asked.at + escalation.afterMs, assignee: escalation.assignee })),
    ...(scheduleToCloseTimeoutMs !== undefined && { deadline: instant(asked.at + scheduleToCloseTimeoutMs) }),
    ...(description !== undefined && { description }),
    ...(schema && { schema }),
    ...(answer?.payload !== undefined && { answer: JSON.parse(answer.payload) }),
    ...(answer?.data.answeredBy !== undefined && { answeredBy: answer.data.answeredBy }),
  };
}

function statusOf(events: readonly HistoryEvent[], isRunClosed: boolean): Approval['status'] {
  if (events.some(({ type }) => type === 'ActivityCompleted')) return 'answered';
  if (events.some(({ type }) => type === 'ActivityTimedOut')) return 'timed-out';
  return isRunClosed || events.some(({ type }) => type === 'ActivityCanceled') ? 'withdrawn' : 'open';
}
