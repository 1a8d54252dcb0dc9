import { type EventRow, fromEventRow } from '@marathon/core';
import { ApiClient } from '../api/api-client.js';
import type { TestCluster } from './test-cluster.js';

const runsMax = 10;

/**
 * What a cluster says of runs that are still open, so that a failure explains itself: why each waits, its history, and the last of
 * the log. Nothing when none is open.
 */
export async function openRuns({
  url,
  database,
  lastWords,
}: Pick<TestCluster, 'url' | 'database' | 'lastWords'>): Promise<readonly string[]> {
  const open = await database.read<{ runId: string; workflowId: string; workflow: string }>(
    `select run_id as "runId", workflow_id as "workflowId", workflow from workflow_runs where closed_at is null order by run_id limit ${runsMax}`,
  );
  if (open.length === 0) return [];
  const api = new ApiClient(url);
  try {
    const explained = await Promise.all(
      open.map(async ({ runId, workflowId, workflow }) => {
        const { body: why } = await api.call('GET', `/workflows/${workflowId}/why?runId=${runId}`);
        const rows = await database.read<EventRow>(
          `select seq, type, (extract(epoch from at) * 1000)::float8 as at, data, payload from history_events where run_id = '${runId}' order by seq`,
        );
        const history = rows.map(fromEventRow).map(({ seq, type, at }) => `${seq} ${type} ${new Date(at).toISOString()}`);
        return JSON.stringify({ workflow, workflowId, runId, why, history }, undefined, 2);
      }),
    );
    return [...explained, lastWords];
  } finally {
    api.close();
  }
}
