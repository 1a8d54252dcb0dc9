import {
  type HistoryEvent,
  isClosed,
  type RunId,
  type RunListQuery,
  type RunReader,
  type RunRow,
  runId,
  runStatus,
  shardId,
  statusCodes,
} from '@marathon/core';
import type { SelectQueryBuilder } from 'typeorm';
import type { PooledDatabase } from './connections/pooled-database.js';
import { WorkflowRunEntity } from './entities/workflow-run.entity.js';
import { readClosings } from './sql/read-closings.js';
import { readHistory } from './sql/read-history.js';

/** What gateways read. Every method may throw StoreUnavailableError (retryable). */
export class PostgresRunReader implements RunReader {
  constructor(private readonly database: PooledDatabase) {}

  /** Without a run id: the open run, or else the one with the greatest id. Each is one step in an index. */
  async find(namespace: string, workflowId: string, id?: RunId): Promise<RunRow | undefined> {
    const select = (narrow: (runs: SelectQueryBuilder<WorkflowRunEntity>) => unknown) =>
      this.select('find_run', (runs) => {
        runs.where('run.namespace = :namespace and run.workflow_id = :workflowId', { namespace, workflowId });
        narrow(runs);
        return runs.limit(1);
      });
    if (id) return first(await select((runs) => runs.andWhere('run.run_id = :id', { id })));
    const open = await select((runs) => runs.andWhere('run.closed_at is null'));
    return first(open) ?? first(await select((runs) => runs.orderBy('run.run_id', 'DESC')));
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
    return readClosings(this.database, runIds);
  }

  private select(
    name: string,
    narrow: (runs: SelectQueryBuilder<WorkflowRunEntity>) => SelectQueryBuilder<WorkflowRunEntity>,
  ): Promise<readonly WorkflowRunEntity[]> {
    return this.database.read(name, WorkflowRunEntity, (repository) => narrow(repository.createQueryBuilder('run')).getMany());
  }
}

const first = ([entity]: readonly WorkflowRunEntity[]): RunRow | undefined => entity && toRunRow(entity);

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
