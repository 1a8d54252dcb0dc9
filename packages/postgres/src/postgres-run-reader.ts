import type {
  ActivityQuery,
  ActivityRow,
  ApprovalQuery,
  ApprovalRow,
  AwaitedLimit,
  Counted,
  CountedGroups,
  FoundRun,
  GroupField,
  HistoryEvent,
  KeyedStart,
  KnownStart,
  LimitQuery,
  LimitRow,
  RunCount,
  RunId,
  RunReader,
  RunRow,
  RunSearch,
  RunSurroundings,
  SearchAttributes,
} from '@marathon/core';
import type { Executor } from './connections/executor.js';
import { countRuns, countRunsBy } from './search/count-runs.js';
import { readSearchAttributes } from './search/read-search-attributes.js';
import { searchRuns } from './search/search-runs.js';
import { findActivity } from './sql/find-activity.js';
import { findStarted, hasAccepted } from './sql/find-known-keys.js';
import { findRun } from './sql/find-run.js';
import { listApprovals } from './sql/list-approvals.js';
import { listLimits, readLimitsOfRun } from './sql/list-limits.js';
import { readClosings } from './sql/read-closings.js';
import { readHistory } from './sql/read-history.js';
import { readSurroundings } from './sql/read-surroundings.js';

/**
 * What gateways read. What clients that wait for results ask, all the time and for one run each, goes over a connection of its own,
 * where it is prepared. Every method may throw StoreUnavailableError (retryable).
 */
export class PostgresRunReader implements RunReader {
  private opened: Executor | undefined;

  constructor(
    private readonly database: Executor,
    private readonly searches: Executor,
    private readonly openHot: () => Executor,
  ) {}

  find(namespace: string, workflowId: string, id?: RunId): Promise<RunRow | undefined> {
    return findRun(this.hot, namespace, workflowId, id);
  }

  findStarted(start: KeyedStart): Promise<KnownStart | undefined> {
    return findStarted(this.database, start);
  }

  hasAccepted(id: RunId, idempotencyKey: string): Promise<boolean> {
    return hasAccepted(this.database, id, idempotencyKey);
  }

  search(search: RunSearch): Promise<readonly FoundRun[]> {
    return searchRuns(this.searches, search);
  }

  count(count: RunCount): Promise<Counted> {
    return countRuns(this.searches, count);
  }

  countBy(field: GroupField, count: RunCount & { readonly groupsMax: number }): Promise<CountedGroups> {
    return countRunsBy(this.searches, field, count);
  }

  readSearchAttributes(runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, SearchAttributes>> {
    return readSearchAttributes(this.database, runIds);
  }

  readHistory(id: RunId, afterSeq: number, limit: number): Promise<readonly HistoryEvent[]> {
    return readHistory(this.database, id, afterSeq, limit);
  }

  findActivity(query: ActivityQuery): Promise<ActivityRow | undefined> {
    return findActivity(this.database, query);
  }

  listApprovals(query: ApprovalQuery): Promise<readonly ApprovalRow[]> {
    return listApprovals(this.database, query);
  }

  listLimits(query: LimitQuery): Promise<readonly LimitRow[]> {
    return listLimits(this.database, query);
  }

  readAwaitedLimits(id: RunId): Promise<readonly AwaitedLimit[]> {
    return readLimitsOfRun(this.database, id);
  }

  readClosings(runIds: readonly RunId[]): Promise<readonly { readonly runId: RunId; readonly closing: HistoryEvent }[]> {
    return readClosings(this.hot, runIds);
  }

  readSurroundings(id: RunId): Promise<RunSurroundings | undefined> {
    return readSurroundings(this.database, id);
  }

  private get hot(): Executor {
    this.opened ??= this.openHot();
    return this.opened;
  }
}
