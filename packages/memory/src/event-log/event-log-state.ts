import {
  type CodeWaits,
  type EventRow,
  type HistoryEvent,
  isClosed,
  type KeyedStart,
  type KnownStart,
  type MapRecordRow,
  type OpenApproval,
  type OutboxEntry,
  outboxEntryId,
  type Payload,
  type RunId,
  type RunRequest,
  type RunStatus,
  type SavedHeartbeat,
  type SearchAttributes,
  type Shard,
  type ShardId,
  signaledRunsMax,
  type TypedEvent,
  toEventRow,
  type WorkflowRegistration,
  wakeCause,
} from '@marathon/core';
import { LimitPlaces } from './limit-places.js';

/** A run with all that hangs on it. Events are kept as the rows they would be, so that what is read is decoded from what was recorded. */
export interface RunRecord {
  readonly runId: RunId;
  readonly firstRunId: RunId;
  readonly namespace: string;
  readonly workflowId: string;
  readonly workflow: string;
  readonly taskQueue: string;
  readonly shard: ShardId;
  readonly startedAtMs: number;
  readonly history: EventRow[];
  readonly heartbeats: Map<number, SavedHeartbeat>;
  /** Open ones, by seq. */
  readonly approvals: Map<number, OpenApproval>;
  /** Of open maps, by ascending number. */
  mapRecords: MapRecordRow[];
  /** The number of the last that there was, absent before the first. */
  lastMapRecord?: number;
  status: RunStatus;
  lastSeq: number;
  closedAtMs: number | undefined;
  wakesAtMs: number | undefined;
  wakeCauses: number;
  awaitedSignals: readonly string[];
  codeWaits: CodeWaits | undefined;
  searchAttributes: SearchAttributes;
  statusText?: string | undefined;
  memo?: Payload | undefined;
  requestsAccepted: number;
  /** Accepted and not taken, by ascending n. */
  requests: WaitingRequest[];
}

export interface WaitingRequest {
  readonly request: RunRequest;
  readonly acceptedAtMs: number;
  /** Counts all requests of the log: those of one millisecond have an order, too. */
  readonly order: number;
}

export interface EntryRecord {
  readonly entry: OutboxEntry;
  readonly source: string;
  readonly createdAtMs: number;
  claimedUntilMs: number;
}

export interface ShardRecord {
  readonly shard: Shard;
  epoch: number;
  owner: string | undefined;
}

/** What one build has announced of a queue. */
export interface AnnouncedDefinitions {
  readonly build: string;
  readonly workflows: ReadonlyMap<string, WorkflowRegistration>;
  announcedAtMs: number;
}

/** What a database would hold. One at a time changes it: nothing in here awaits. */
export class EventLogState {
  readonly runs = new Map<RunId, RunRecord>();
  readonly shards = new Map<ShardId, ShardRecord>();
  readonly entries = new Map<OutboxEntry['id'], EntryRecord>();
  readonly startKeys = new Map<string, { readonly runId: RunId; readonly fingerprint: string | undefined }>();
  readonly requestKeys = new Map<string, { readonly runId: RunId; readonly fingerprint: string | undefined }>();
  /** By task queue. */
  readonly definitions = new Map<string, AnnouncedDefinitions>();
  readonly places: LimitPlaces;
  readonly #open = new Map<string, RunRecord>();
  readonly #latest = new Map<string, RunRecord>();
  #lastEntry = 0;
  #lastRequest = 0;

  constructor(readonly nowMs: () => number) {
    this.places = new LimitPlaces(nowMs);
  }

  openRun(namespace: string, workflowId: string): RunRecord | undefined {
    return this.#open.get(keyOf(namespace, workflowId));
  }

  startUnderKey({ namespace, idempotencyKey, fingerprint, signal }: KeyedStart): KnownStart | undefined {
    const known = this.startKeys.get(keyOf(namespace, idempotencyKey));
    if (!known) return signal && this.#signalUnderKey(namespace, signal, idempotencyKey);
    if (known.fingerprint !== fingerprint) return { outcome: 'key-reused' };
    const { workflowId, status } = this.runs.get(known.runId) as RunRecord;
    return { outcome: 'repeated', runId: known.runId, workflowId, status };
  }

  #signalUnderKey(namespace: string, { workflowId, fingerprint }: NonNullable<KeyedStart['signal']>, key: string): KnownStart | undefined {
    const runs = [...this.runs.values()].filter((run) => run.namespace === namespace && run.workflowId === workflowId);
    const latest = runs.sort((a, b) => (a.runId < b.runId ? 1 : -1)).slice(0, signaledRunsMax);
    const known = latest.map(({ firstRunId }) => this.requestKeys.get(keyOf(firstRunId, key))).find((request) => request !== undefined);
    if (!known) return undefined;
    if (known.fingerprint !== fingerprint) return { outcome: 'key-reused' };
    return { outcome: 'signaled', runId: known.runId, workflowId, status: (this.runs.get(known.runId) as RunRecord).status };
  }

  /** The run with the greatest id, open or closed. */
  latestRun(namespace: string, workflowId: string): RunRecord | undefined {
    return this.#latest.get(keyOf(namespace, workflowId));
  }

  /** By ascending id. */
  openRunsOf(shards: readonly ShardId[]): readonly RunRecord[] {
    const runs = [...this.#open.values()].filter(({ shard }) => shards.includes(shard));
    return runs.sort((a, b) => (a.runId < b.runId ? -1 : 1));
  }

  /** The workflow id must be free. */
  insertRun(
    run: Pick<RunRecord, 'runId' | 'namespace' | 'shard' | 'wakesAtMs'> & { readonly firstRunId?: RunId },
    started: TypedEvent<'WorkflowStarted'>,
  ): void {
    const { workflowId, workflow, taskQueue } = started.data;
    const record: RunRecord = {
      firstRunId: run.runId,
      ...run,
      workflowId,
      workflow,
      taskQueue,
      startedAtMs: started.at,
      history: [toEventRow(started as HistoryEvent)],
      heartbeats: new Map(),
      approvals: new Map(),
      mapRecords: [],
      status: 'Pending',
      lastSeq: started.seq,
      closedAtMs: undefined,
      wakeCauses: wakeCause.start,
      awaitedSignals: [],
      codeWaits: undefined,
      searchAttributes: started.data.searchAttributes ?? {},
      requestsAccepted: 0,
      requests: [],
    };
    const key = keyOf(run.namespace, workflowId);
    const latest = this.#latest.get(key);
    this.runs.set(run.runId, record);
    this.#open.set(key, record);
    if (!latest || latest.runId < run.runId) this.#latest.set(key, record);
  }

  /** Frees the workflow id of a run whose status is a closed one. */
  releaseWorkflowId(run: RunRecord): void {
    const key = keyOf(run.namespace, run.workflowId);
    if (isClosed(run.status) && this.#open.get(key) === run) this.#open.delete(key);
  }

  /** Numbers the request and keeps it until a commit takes it. */
  acceptRequest(run: RunRecord, toRequest: (n: number) => RunRequest): RunRequest {
    run.requestsAccepted += 1;
    this.#lastRequest += 1;
    const request = toRequest(run.requestsAccepted);
    run.requests.push({ request, acceptedAtMs: this.nowMs(), order: this.#lastRequest });
    return request;
  }

  /** Nothing is added when there is nothing to name. */
  addEntry(source: string, runs: OutboxEntry['runs']): OutboxEntry['id'] | undefined {
    if (runs.length === 0) return undefined;
    this.#lastEntry += 1;
    const id = outboxEntryId(String(this.#lastEntry));
    this.entries.set(id, { entry: { id, runs }, source, createdAtMs: this.nowMs(), claimedUntilMs: 0 });
    return id;
  }
}

/** One text of several, so that no two lists give the same. */
export const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);
