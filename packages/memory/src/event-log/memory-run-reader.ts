import {
  type ActivityQuery,
  type ActivityRow,
  type ApprovalQuery,
  type ApprovalRow,
  type AwaitedLimit,
  type Counted,
  type CountedGroups,
  eventsOfItem,
  type FoundRun,
  fromEventRow,
  fromMapRecordRow,
  type GroupField,
  type HistoryEvent,
  isClosed,
  isItem,
  type KeyedStart,
  type KnownStart,
  type LimitQuery,
  type LimitRow,
  type RunCount,
  type RunId,
  type RunReader,
  type RunRow,
  type RunSearch,
  type RunSurroundings,
  type SearchAttributes,
  surroundingEntriesMax,
  surroundingRequestsMax,
} from '@marathon/core';
import { type EventLogState, keyOf, type RunRecord } from './event-log-state.js';
import { awaitedLimits, listLimits } from './limit-rows.js';
import { countRuns, countRunsBy, searchRuns } from './search-runs.js';

/** Of one reading of a history, and one event more. */
const bytesMax = 4 * 1024 * 1024;

/** What gateways read of the event log. */
export class MemoryRunReader implements RunReader {
  constructor(readonly state: EventLogState) {}

  async find(namespace: string, workflowId: string, runId?: RunId): Promise<RunRow | undefined> {
    const run = runId === undefined ? this.state.latestRun(namespace, workflowId) : this.state.runs.get(runId);
    if (!run || run.namespace !== namespace || run.workflowId !== workflowId) return undefined;
    return { ...toRow(run), ...(run.memo !== undefined && { memo: run.memo }) };
  }

  async findStarted(start: KeyedStart): Promise<KnownStart | undefined> {
    return this.state.startUnderKey(start);
  }

  async hasAccepted(runId: RunId, idempotencyKey: string): Promise<boolean> {
    const run = this.state.runs.get(runId);
    return run !== undefined && this.state.requestKeys.has(keyOf(run.firstRunId, idempotencyKey));
  }

  async search(search: RunSearch): Promise<readonly FoundRun[]> {
    return searchRuns(this.state.runs.values(), search).map(([run, position]) => ({ ...toRow(run), ...position }));
  }

  async count(count: RunCount): Promise<Counted> {
    return countRuns(this.state.runs.values(), count);
  }

  async countBy(field: GroupField, count: RunCount & { readonly groupsMax: number }): Promise<CountedGroups> {
    return countRunsBy(this.state.runs.values(), field, count);
  }

  async readSearchAttributes(runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, SearchAttributes>> {
    const known = runIds.flatMap((runId) => this.state.runs.get(runId) ?? []);
    const having = known.filter(({ searchAttributes }) => Object.keys(searchAttributes).length > 0);
    return new Map(having.map(({ runId, searchAttributes }) => [runId, searchAttributes]));
  }

  async readHistory(runId: RunId, afterSeq: number, limit: number): Promise<readonly HistoryEvent[]> {
    const history = this.state.runs.get(runId)?.history ?? [];
    let bytes = 0;
    const events: HistoryEvent[] = [];
    for (const row of history.slice(afterSeq, afterSeq + limit)) {
      if (bytes >= bytesMax) break;
      bytes += (row.data?.length ?? 0) + (row.payload?.length ?? 0);
      events.push(fromEventRow(row));
    }
    return events;
  }

  async findActivity({ namespace, runId, activitySeq, idempotencyKey }: ActivityQuery): Promise<ActivityRow | undefined> {
    const run = this.state.runs.get(runId);
    const [scheduled, ...others] = isItem(activitySeq)
      ? eventsOfItem((run?.history ?? []).map(fromEventRow), (run?.mapRecords ?? []).map(fromMapRecordRow), activitySeq)
      : (run?.history ?? [])
          .slice(activitySeq - 1)
          .map(fromEventRow)
          .filter((event) => isOf(event, activitySeq));
    if (run?.namespace !== namespace || scheduled?.type !== 'ActivityScheduled') return undefined;
    const { payload: _, ...withoutInput } = scheduled;
    const request = this.state.requestKeys.get(keyOf(run.firstRunId, idempotencyKey));
    return { run: toRow(run), events: [withoutInput, ...others], ...(request && { request: { fingerprint: request.fingerprint } }) };
  }

  async listApprovals({ namespace, assignee, after, limit }: ApprovalQuery): Promise<readonly ApprovalRow[]> {
    const runs = [...this.state.runs.values()].filter((run) => run.namespace === namespace && (!after || run.runId >= after.runId));
    return runs
      .sort((a, b) => (a.runId < b.runId ? -1 : 1))
      .flatMap(({ runId, workflowId, workflow, approvals }) => {
        const open = [...approvals.values()].sort((a, b) => a.activitySeq - b.activitySeq);
        return open.map((approval) => ({ runId, workflowId, workflow, ...approval }));
      })
      .filter((row) => assignee === undefined || row.assignee === assignee)
      .filter(({ runId, activitySeq }) => runId !== after?.runId || activitySeq > after.activitySeq)
      .slice(0, limit);
  }

  async listLimits(query: LimitQuery): Promise<readonly LimitRow[]> {
    return listLimits(this.state, query);
  }

  async readAwaitedLimits(runId: RunId): Promise<readonly AwaitedLimit[]> {
    return awaitedLimits(this.state, runId);
  }

  async readClosings(runIds: readonly RunId[]): Promise<readonly { readonly runId: RunId; readonly closing: HistoryEvent }[]> {
    return runIds.flatMap((runId) => {
      const run = this.state.runs.get(runId);
      const last = run && isClosed(run.status) ? run.history.at(-1) : undefined;
      return last ? [{ runId, closing: fromEventRow(last) }] : [];
    });
  }

  async readSurroundings(runId: RunId): Promise<RunSurroundings | undefined> {
    const run = this.state.runs.get(runId);
    if (!run) return undefined;
    const { lastSeq, wakeCauses, awaitedSignals, codeWaits = {}, requests } = run;
    const oldest = [...this.state.entries.values()].slice(0, surroundingEntriesMax);
    return {
      ...{ lastSeq, wakeCauses, awaitedSignals, codeWaits },
      owner: this.state.shards.get(run.shard)?.owner,
      requests: requests.slice(0, surroundingRequestsMax).map(({ request, acceptedAtMs }) => ({
        kind: request.kind,
        ...(request.kind === 'signal' && { name: request.name }),
        acceptedAtMs,
      })),
      unpublishedSinceMs: oldest.find(({ entry }) => entry.runs.some((named) => named.runId === runId))?.createdAtMs,
    };
  }
}

const isOf = ({ seq, data }: HistoryEvent, activitySeq: number) =>
  seq === activitySeq || ('activitySeq' in data && data.activitySeq === activitySeq);

function toRow(run: RunRecord): RunRow {
  const { runId, workflowId, workflow, taskQueue, shard, status, startedAtMs, closedAtMs, lastSeq, awaitedSignals, statusText } = run;
  const row = { runId, workflowId, workflow, taskQueue, shard, status, startedAtMs, closedAtMs, lastSeq, awaitedSignals };
  return { ...row, ...(statusText && { statusText }) };
}
