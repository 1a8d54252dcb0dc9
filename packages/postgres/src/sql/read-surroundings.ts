import { type CodeWaits, type RunId, type RunSurroundings, surroundingEntriesMax, surroundingRequestsMax } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { msOf } from './instants.js';
import { fromRequestRow, type RequestRow } from './request-row.js';

const ofRow: Statement = {
  name: 'read_surroundings',
  text: `
    select w.last_seq as "lastSeq", w.wake_causes as "wakeCauses", w.awaited_signals as "awaitedSignals", w.code_waits as "codeWaits", s.owner,
           (select ${msOf('min(o.created_at)')}
              from (select created_at, runs from outbox order by id limit ${surroundingEntriesMax}) o
             where exists (select from json_array_elements(o.runs) named where named->>0 = w.run_id::text)) as "unpublishedSinceMs"
      from workflow_runs w left join shards s on s.id = w.shard
     where w.run_id = $1`,
};

const ofRequests: Statement = {
  name: 'read_requests_of_run',
  text: `
    select run_id as "runId", n, shard, kind, data, null as payload, ${msOf('created_at')} as "acceptedAtMs"
      from run_requests where run_id = $1 order by n limit ${surroundingRequestsMax}`,
};

interface Row {
  readonly lastSeq: number;
  readonly wakeCauses: number;
  readonly awaitedSignals: string | null;
  readonly codeWaits: string | null;
  readonly owner: string | null;
  readonly unpublishedSinceMs: number | null;
}

export async function readSurroundings(executor: Executor, runId: RunId): Promise<RunSurroundings | undefined> {
  const [[row], requests] = await Promise.all([
    executor.query<Row>(ofRow, [runId]),
    executor.query<RequestRow & { readonly acceptedAtMs: number }>(ofRequests, [runId]),
  ]);
  return (
    row && {
      lastSeq: row.lastSeq,
      wakeCauses: row.wakeCauses,
      awaitedSignals: row.awaitedSignals === null ? [] : (JSON.parse(row.awaitedSignals) as string[]),
      codeWaits: row.codeWaits === null ? {} : (JSON.parse(row.codeWaits) as CodeWaits),
      owner: row.owner ?? undefined,
      requests: requests.map(({ acceptedAtMs, ...request }) => ({ ...nameOf(request), acceptedAtMs })),
      unpublishedSinceMs: row.unpublishedSinceMs ?? undefined,
    }
  );
}

function nameOf(row: RequestRow): Pick<RunSurroundings['requests'][number], 'kind' | 'name'> {
  const { request } = fromRequestRow(row);
  return request.kind === 'signal' ? { kind: request.kind, name: request.name } : { kind: request.kind };
}
