import {
  type HistoryEvent,
  isClosed,
  type RunId,
  type RunListQuery,
  type RunReader,
  type RunRow,
  type RunSurroundings,
  runId,
  runStatus,
  shardId,
  statusCodes,
} from '@marathon/core';
import type { SelectQueryBuilder } from 'typeorm';
import type { Executor } from './connections/executor.js';
import type { PooledDatabase } from './connections/pooled-database.js';
import { WorkflowRunEntity } from './entities/workflow-run.entity.js';
import { findRun } from './sql/find-run.js';
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
    private readonly database: PooledDatabase,
    private readonly openHot: () => Executor,
  ) {}

  find(namespace: string, workflowId: string, id?: RunId): Promise<RunRow | undefined> {
    return findRun(this.hot, namespace, workflowId, id);
  }

  async list({ namespace, status, workflow, workflowId, beforeRunId, limit }: RunListQuery): Promise<readonly RunRow[]> {
    const entities = await this.select('list_runs', (runs) => {
      runs.where('run.namespace = :namespace', { namespace });
      if (status)
        runs.andWhere(isClosed(status) ? 'run.closed_status = :code' : 'run.closed_at is null and run.status = :code', {
          code: statusCodes[status],
        });
      if (workflow !== undefined) runs.andWhere('run.workflow = :workflow', { workflow });
      if (workflowId !== undefined) runs.andWhere('run.workflow_id = :workflowId', { workflowId });
      if (beforeRunId) runs.andWhere('run.run_id < :beforeRunId', { beforeRunId });
      return runs.orderBy('run.run_id', 'DESC').limit(limit);
    });
    return entities.map(toRunRow);
  }

  readHistory(id: RunId, afterSeq: number, limit: number): Promise<readonly HistoryEvent[]> {
    return readHistory(this.database, id, afterSeq, limit);
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

  private select(
    name: string,
    narrow: (runs: SelectQueryBuilder<WorkflowRunEntity>) => SelectQueryBuilder<WorkflowRunEntity>,
  ): Promise<readonly WorkflowRunEntity[]> {
    return this.database.read(name, WorkflowRunEntity, (repository) => narrow(repository.createQueryBuilder('run')).getMany());
  }
}

function toRunRow(entity: WorkflowRunEntity): RunRow {
  return {
    runId: runId(entity.runId),
    workflowId: entity.workflowId,
    workflow: entity.workflow,
    taskQueue: entity.taskQueue,
    shard: shardId(entity.shard),
    status: runStatus(entity.status),
    startedAtMs: entity.startedAt.getTime(),
    closedAtMs: entity.closedAt?.getTime(),
    lastSeq: entity.lastSeq,
    awaitedSignals: entity.awaitedSignals === null ? [] : (JSON.parse(entity.awaitedSignals) as string[]),
  };
}
