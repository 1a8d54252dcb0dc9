import {
  type AuditPage,
  type AuditQuery,
  type CommitBatch,
  type CommitOutcome,
  type CorrectedWakeUp,
  type EventRow,
  fromEventRow,
  fromMapRecordRow,
  type HistoryBound,
  historyBound,
  isClosed,
  type LoadedRuns,
  type MapChanges,
  type OutboxEntry,
  type OwnedShard,
  type PendingRequest,
  type Refusal,
  type RequestBound,
  type RunAdvance,
  type RunId,
  type RunStore,
  type RunTaken,
  requestBound,
  type SavedHeartbeat,
  type Shard,
  type ShardId,
  type StoredRun,
  toEventRow,
  toMapRecordRow,
  type WaitingRequests,
  type WakeUp,
} from '@marathon/core';
import { type EventLogState, keyOf, type RunRecord } from './event-log-state.js';
import type { Faults } from './faults.js';

/** The owner's side of the event log. @throws RangeError when events of an advance leave a gap (L4). */
export class MemoryRunStore implements RunStore {
  constructor(
    readonly state: EventLogState,
    readonly faults: Faults,
  ) {}

  async gainShards(shards: readonly Shard[], owner: string): Promise<readonly OwnedShard[]> {
    return shards.flatMap(({ id }) => {
      const record = this.state.shards.get(id);
      if (!record) return [];
      record.epoch += 1;
      record.owner = owner;
      return [{ ...record.shard, epoch: record.epoch }];
    });
  }

  async ownedShards(shards: readonly OwnedShard[]): Promise<ReadonlySet<ShardId>> {
    return this.#proven(shards);
  }

  async commit(batch: CommitBatch): Promise<CommitOutcome> {
    const rows = batch.advances.map(toRows);
    return this.faults.apply('commit', () => {
      const proven = this.#proven(batch.shards);
      const advanced = new Set<RunId>();
      const added: OutboxEntry['runs'][number][] = [];
      for (const [i, advance] of batch.advances.entries()) {
        const run = this.state.runs.get(advance.runId);
        if (!run || !proven.has(run.shard) || !mayAdvance(run, advance) || !this.#mayAccept(run, advance)) continue;
        advanced.add(run.runId);
        added.push(...this.#apply(run, advance, rows[i] as readonly EventRow[]));
      }
      for (const id of batch.published) this.state.entries.delete(id);
      return { advanced, entry: this.state.addEntry(batch.source, added) };
    });
  }

  async loadRuns(runIds: readonly RunId[], { events, bytes }: HistoryBound = historyBound): Promise<LoadedRuns> {
    const known = this.#known(runIds);
    let eventsSoFar = 0;
    let bytesSoFar = 0;
    const end = known.findIndex((run, i) => {
      eventsSoFar += run.lastSeq;
      bytesSoFar += sizeOf(run);
      return i > 0 && (eventsSoFar > events || bytesSoFar > bytes);
    });
    const count = end === -1 ? known.length : end;
    return { runs: known.slice(0, count).map(toStoredRun), left: known.slice(count).map(({ runId }) => runId) };
  }

  async explainRefusals(runIds: readonly RunId[]): Promise<readonly Refusal[]> {
    return this.#known(runIds).map(({ runId, shard, lastSeq, status, requestsAccepted }) => {
      return { runId, shard, lastSeq, status, requestsAccepted, epoch: this.state.shards.get(shard)?.epoch ?? 0 };
    });
  }

  async readWakeUps(shards: readonly ShardId[], untilMs: number, limit: number): Promise<readonly WakeUp[]> {
    const bounds = this.state.openRunsOf(shards).map(({ runId, shard, wakesAtMs }) => ({ runId, shard, atMs: wakesAtMs ?? Infinity }));
    return bounds
      .filter(({ atMs }) => atMs <= untilMs)
      .sort((a, b) => a.atMs - b.atMs)
      .slice(0, limit);
  }

  async correctWakeUps(shards: readonly OwnedShard[], wakeUps: readonly CorrectedWakeUp[]): Promise<void> {
    const proven = this.#proven(shards);
    for (const { runId, lastSeq, lastMapRecord = 0, atMs } of wakeUps) {
      const run = this.state.runs.get(runId);
      if (!run || !proven.has(run.shard) || isClosed(run.status)) continue;
      if (run.lastSeq === lastSeq && (run.lastMapRecord ?? 0) === lastMapRecord) run.wakesAtMs = atMs;
    }
  }

  async readRunsWaitingFor(shards: readonly ShardId[], causes: number, afterRunId: RunId | undefined, limit: number) {
    return this.state
      .openRunsOf(shards)
      .filter(({ runId, wakeCauses }) => (wakeCauses & causes) !== 0 && (afterRunId === undefined || runId > afterRunId))
      .slice(0, limit)
      .map(({ runId, shard }) => ({ runId, shard }));
  }

  async readRunsToAudit({ shards, causes, startedBeforeMs, afterRunId, limit }: AuditQuery): Promise<AuditPage> {
    const runs = this.state
      .openRunsOf(shards)
      .filter(({ startedAtMs, wakeCauses }) => startedAtMs < startedBeforeMs && (wakeCauses === 0 || (wakeCauses & causes) !== 0))
      .filter(({ runId }) => afterRunId === undefined || runId > afterRunId)
      .slice(0, limit)
      .map(({ runId, shard, wakeCauses }) => ({ runId, shard, wakeCauses }));
    return { runs, after: runs.length === limit ? runs.at(-1)?.runId : undefined };
  }

  async readRequests(runs: readonly RunTaken[], { requests, bytes }: RequestBound = requestBound): Promise<WaitingRequests> {
    const waiting = runs
      .flatMap(({ runId, taken }, run) => {
        const known = this.state.runs.get(runId);
        return (known?.requests ?? [])
          .filter(({ request }) => request.n > taken)
          .map(({ request }, place) => ({ run, place, pending: { runId, shard: known?.shard, request } as PendingRequest }));
      })
      .sort((a, b) => a.place - b.place || a.run - b.run);
    let bytesSoFar = 0;
    const end = waiting.findIndex(({ pending: { request } }, i) => {
      bytesSoFar += JSON.stringify(request).length;
      return i > 0 && (i >= requests || bytesSoFar > bytes);
    });
    const count = end === -1 ? waiting.length : end;
    return {
      requests: waiting
        .slice(0, count)
        .sort((a, b) => a.run - b.run || a.place - b.place)
        .map(({ pending }) => pending),
      left: new Set(waiting.slice(count).map(({ pending }) => pending.runId)),
    };
  }

  async readWaitingRequests(shards: readonly ShardId[], olderThanMs: number, limit: number) {
    const until = this.state.nowMs() - olderThanMs;
    return this.state
      .openRunsOf(shards)
      .flatMap(({ runId, shard, requests }) => requests.map((waiting) => ({ runId, shard, ...waiting })))
      .filter(({ acceptedAtMs }) => acceptedAtMs <= until)
      .sort((a, b) => a.order - b.order)
      .slice(0, limit)
      .map(({ runId, shard }) => ({ runId, shard }));
  }

  async saveHeartbeats(shards: readonly OwnedShard[], heartbeats: readonly SavedHeartbeat[]): Promise<void> {
    const proven = this.#proven(shards);
    for (const heartbeat of heartbeats) {
      const run = this.state.runs.get(heartbeat.runId);
      if (!run || !proven.has(run.shard) || isClosed(run.status)) continue;
      if (heartbeat.attempt >= (run.heartbeats.get(heartbeat.activitySeq)?.attempt ?? 0))
        run.heartbeats.set(heartbeat.activitySeq, heartbeat);
    }
  }

  #proven(shards: readonly OwnedShard[]): ReadonlySet<ShardId> {
    return new Set(shards.filter(({ id, epoch }) => this.state.shards.get(id)?.epoch === epoch).map(({ id }) => id));
  }

  #known(runIds: readonly RunId[]): readonly RunRecord[] {
    return runIds.flatMap((runId) => this.state.runs.get(runId) ?? []);
  }

  #mayAccept({ firstRunId, requestsAccepted }: RunRecord, { accepted: [first, ...others] = [] }: RunAdvance): boolean {
    if (!first) return true;
    const isKnown = [first, ...others].some(({ idempotencyKey }) => this.state.requestKeys.has(keyOf(firstRunId, idempotencyKey)));
    return requestsAccepted === first.n - 1 && !isKnown;
  }

  /** Gives what the outbox has to name. */
  #apply(run: RunRecord, advance: RunAdvance, rows: readonly EventRow[]): OutboxEntry['runs'] {
    const { runId, lastSeq: afterSeq } = run;
    run.history.push(...rows);
    run.lastSeq = afterSeq + rows.length;
    run.status = advance.status;
    run.wakeCauses = advance.wakeCauses;
    run.awaitedSignals = advance.awaitedSignals;
    run.codeWaits = advance.codeWaits;
    for (const seq of advance.approvals?.closed ?? []) run.approvals.delete(seq);
    for (const approval of advance.approvals?.opened ?? []) run.approvals.set(approval.activitySeq, approval);
    this.state.places.apply(run, advance);
    run.searchAttributes = advance.searchAttributes ?? run.searchAttributes;
    run.statusText = advance.statusText ?? run.statusText;
    run.memo = advance.memo ?? run.memo;
    if (advance.maps) applyMaps(run, advance.maps);
    for (const { n, idempotencyKey, fingerprint } of advance.accepted ?? []) {
      run.requestsAccepted = n;
      this.state.requestKeys.set(keyOf(run.firstRunId, idempotencyKey), { runId, fingerprint });
    }
    run.requests = run.requests.filter(({ request }) => request.n > advance.taken);
    run.wakesAtMs = lowerBound(run.wakesAtMs, advance.wakesAtMs, this.state.nowMs());
    const named = rows.length === 0 && !advance.maps ? [] : [{ runId, afterSeq, toSeq: run.lastSeq, ...namedRecords(advance) }];
    if (!isClosed(run.status)) return named;
    run.closedAtMs = rows.at(-1)?.at;
    run.heartbeats.clear();
    this.state.releaseWorkflowId(run);
    if (!advance.successor) return named;
    const { runId: newRunId, started, wakesAtMs } = advance.successor;
    const { namespace, shard, firstRunId } = run;
    this.state.insertRun({ runId: newRunId, namespace, shard, firstRunId, wakesAtMs }, started);
    return [...named, { runId: newRunId, afterSeq: 0, toSeq: started.seq }];
  }
}

function sizeOf({ history, mapRecords, heartbeats }: RunRecord): number {
  let bytes = 0;
  for (const { data, payload } of history) bytes += (data?.length ?? 0) + (payload?.length ?? 0);
  for (const { data } of mapRecords) bytes += data.length;
  for (const { details } of heartbeats.values()) bytes += details.length;
  return bytes;
}

const toStoredRun = ({ history, heartbeats, mapRecords, lastMapRecord, ...run }: RunRecord): StoredRun => ({
  runId: run.runId,
  shard: run.shard,
  status: run.status,
  lastSeq: run.lastSeq,
  requestsAccepted: run.requestsAccepted,
  history: history.map(fromEventRow),
  heartbeats: [...heartbeats.values()],
  ...(lastMapRecord !== undefined && { maps: { last: lastMapRecord, records: mapRecords.map(fromMapRecordRow) } }),
});

function toRows({ runId, expectedSeq, events }: RunAdvance): readonly EventRow[] {
  for (const [i, { seq }] of events.entries()) {
    if (seq !== expectedSeq + 1 + i) throw new RangeError(`run ${runId}: event ${seq} follows event ${expectedSeq + i}`);
  }
  return events.map(toEventRow);
}

function mayAdvance(run: RunRecord, { expectedSeq, status, taken, maps, accepted }: RunAdvance): boolean {
  if (maps && maps.expected !== (run.lastMapRecord ?? 0)) return false;
  const hasTakenAll = taken === run.requestsAccepted + (accepted?.length ?? 0);
  return !isClosed(run.status) && run.lastSeq === expectedSeq && (!isClosed(status) || hasTakenAll);
}

function applyMaps(run: RunRecord, { last, records, ended, silenced }: MapChanges): void {
  for (const seq of silenced) run.heartbeats.delete(seq);
  if (ended.length > 0) run.mapRecords = run.mapRecords.filter(({ mapSeq }) => !ended.includes(mapSeq));
  run.mapRecords.push(...records.map(toMapRecordRow));
  run.lastMapRecord = last;
}

const namedRecords = ({ maps }: RunAdvance) => maps && { mapRecords: { after: maps.expected, to: maps.last } };

/** Moved when the earliest deadline moves before it, or when it has passed: a run wakes up too early at times, and never too late. */
function lowerBound(bound: number | undefined, earliestMs: number | undefined, nowMs: number): number | undefined {
  const stands = bound !== undefined && bound > nowMs && (earliestMs === undefined || earliestMs >= bound);
  return stands ? bound : earliestMs;
}
