import type {
  AuditQuery,
  CommitBatch,
  CorrectedWakeUp,
  HistoryBound,
  OwnedShard,
  RequestBound,
  RunId,
  RunStore,
  RunTaken,
  SavedHeartbeat,
  Shard,
  ShardId,
} from '@marathon/core';
import type { Executor } from './connections/executor.js';
import { commitAdvances } from './sql/commit-advances.js';
import { correctWakeUps } from './sql/correct-wake-ups.js';
import { explainRefusals } from './sql/explain-refusals.js';
import { gainShards } from './sql/gain-shards.js';
import { loadRuns } from './sql/load-runs.js';
import { readOwnedShards } from './sql/read-owned-shards.js';
import { readRequests } from './sql/read-requests.js';
import { readRunsToAudit } from './sql/read-runs-to-audit.js';
import { readRunsWaitingFor } from './sql/read-runs-waiting-for.js';
import { readWaitingRequests } from './sql/read-waiting-requests.js';
import { readWakeUps } from './sql/read-wake-ups.js';
import { saveHeartbeats } from './sql/save-heartbeats.js';

/**
 * The event log as an owner of shards uses it, over a connection of its own: one call is one statement at a time.
 * Every method may throw StoreUnavailableError, and the writing ones CommitOutcomeUnknownError; both are retryable.
 */
export class PostgresRunStore implements RunStore {
  constructor(private readonly connection: Executor) {}

  gainShards = (shards: readonly Shard[], owner: string) => gainShards(this.connection, shards, owner);
  ownedShards = (shards: readonly OwnedShard[]) => readOwnedShards(this.connection, shards);
  commit = (batch: CommitBatch) => commitAdvances(this.connection, batch);
  loadRuns = (runIds: readonly RunId[], atMost?: HistoryBound) => loadRuns(this.connection, runIds, atMost);
  explainRefusals = (runIds: readonly RunId[]) => explainRefusals(this.connection, runIds);
  readWakeUps = (shards: readonly ShardId[], untilMs: number, limit: number) => readWakeUps(this.connection, shards, untilMs, limit);
  correctWakeUps = (shards: readonly OwnedShard[], wakeUps: readonly CorrectedWakeUp[]) => correctWakeUps(this.connection, shards, wakeUps);
  readRunsWaitingFor = (shards: readonly ShardId[], causes: number, afterRunId: RunId | undefined, limit: number) =>
    readRunsWaitingFor(this.connection, shards, causes, afterRunId, limit);
  readRunsToAudit = (query: AuditQuery) => readRunsToAudit(this.connection, query);
  readRequests = (runs: readonly RunTaken[], atMost?: RequestBound) => readRequests(this.connection, runs, atMost);
  readWaitingRequests = (shards: readonly ShardId[], olderThanMs: number, limit: number) =>
    readWaitingRequests(this.connection, shards, olderThanMs, limit);
  saveHeartbeats = (shards: readonly OwnedShard[], heartbeats: readonly SavedHeartbeat[]) =>
    saveHeartbeats(this.connection, shards, heartbeats);
}
