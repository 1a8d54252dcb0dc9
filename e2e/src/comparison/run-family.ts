import type { ApiClient } from '../api/api-client.js';
import type { HistoryEntry } from '../history-checks.js';

export interface RunName {
  readonly workflowId: string;
  readonly runId: string;
}

/** A run, the runs that continue it, and their children, each with its own; in the order in which they were started. */
export interface RunFamily extends RunName {
  readonly histories: readonly (readonly HistoryEntry[])[];
  readonly children: readonly RunFamily[];
}

export async function readFamily(api: ApiClient, { workflowId, runId }: RunName): Promise<RunFamily> {
  const histories: (readonly HistoryEntry[])[] = [];
  for (let next: unknown = runId; typeof next === 'string'; next = histories.at(-1)?.at(-1)?.data.newRunId)
    histories.push(await api.history(workflowId, { runId: next }));
  const started = histories.flat().filter(({ type }) => type === 'ChildWorkflowStarted');
  const names = started.map(({ data }) => data as unknown as RunName & { readonly childSeq: number });
  const children: RunFamily[] = [];
  for (const child of names.toSorted((a, b) => a.childSeq - b.childSeq)) children.push(await readFamily(api, child));
  return { workflowId, runId, histories, children };
}
