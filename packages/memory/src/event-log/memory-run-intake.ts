import type { OutboxEntryId, RequestIntake, RequestOutcome, RunIntake, RunRequest, RunStart, StartOutcome } from '@marathon/core';
import { type EventLogState, keyOf, type RunRecord } from './event-log-state.js';
import type { Faults } from './faults.js';

/** The gateway's side of the event log. */
export class MemoryRunIntake implements RunIntake {
  constructor(
    readonly state: EventLogState,
    readonly faults: Faults,
  ) {}

  async start(
    source: string,
    starts: readonly RunStart[],
  ): Promise<{ readonly outcomes: readonly StartOutcome[]; readonly entry: OutboxEntryId | undefined }> {
    return this.faults.apply('start', () => {
      const outcomes = starts.map((start) => this.#start(start));
      const started = starts.filter((_, i) => outcomes[i]?.outcome === 'started');
      return {
        outcomes,
        entry: this.state.addEntry(
          source,
          started.map(({ runId }) => ({ runId, afterSeq: 0, toSeq: 1 })),
        ),
      };
    });
  }

  async request(requests: readonly RequestIntake[]): Promise<readonly RequestOutcome[]> {
    return this.faults.apply('request', () => requests.map((intake) => this.#request(intake)));
  }

  #start({ namespace, runId, shard, started, wakesAtMs, idempotencyKey, fingerprint, signalFingerprint }: RunStart): StartOutcome {
    const { workflowId } = started.data;
    const signal = signalFingerprint === undefined ? undefined : { workflowId, fingerprint: signalFingerprint };
    const keyed = idempotencyKey !== undefined && { namespace, idempotencyKey, fingerprint, ...(signal && { signal }) };
    const known = keyed ? this.state.startUnderKey(keyed) : undefined;
    if (known) return known;
    const open = this.state.openRun(namespace, workflowId);
    if (open) return { outcome: 'open', runId: open.runId, status: open.status };
    this.state.insertRun({ runId, namespace, shard, wakesAtMs }, started);
    if (idempotencyKey !== undefined) this.state.startKeys.set(keyOf(namespace, idempotencyKey), { runId, fingerprint });
    return { outcome: 'started' };
  }

  #request(intake: RequestIntake): RequestOutcome {
    const { namespace, workflowId, request, idempotencyKey, fingerprint } = intake;
    const run = this.#meant(intake);
    if (!run) return { outcome: 'unknown' };
    const key = idempotencyKey === undefined ? undefined : keyOf(run.firstRunId, idempotencyKey);
    const acceptedBy = key === undefined ? undefined : this.state.requestKeys.get(key);
    if (acceptedBy)
      return acceptedBy.fingerprint === fingerprint ? { outcome: 'repeated', runId: acceptedBy.runId } : { outcome: 'key-reused' };
    if (this.state.openRun(namespace, workflowId) !== run) return { outcome: 'closed', runId: run.runId, status: run.status };
    if (key !== undefined) this.state.requestKeys.set(key, { runId: run.runId, fingerprint });
    const numbered = this.state.acceptRequest(run, (n) => ({ ...request, n }) as RunRequest);
    return { outcome: 'accepted', runId: run.runId, shard: run.shard, request: numbered };
  }
  /** The run that is named, or the open one of the workflow id, or the latest of it. */
  #meant({ namespace, workflowId, runId, firstRunId }: RequestIntake): RunRecord | undefined {
    if (runId !== undefined) {
      const named = this.state.runs.get(runId);
      return named?.namespace === namespace && named.workflowId === workflowId ? named : undefined;
    }
    const open = this.state.openRun(namespace, workflowId);
    if (firstRunId === undefined) return open ?? this.state.latestRun(namespace, workflowId);
    if (open?.firstRunId === firstRunId) return open;
    return [...this.state.runs.values()].findLast((run) => run.firstRunId === firstRunId && run.workflowId === workflowId);
  }
}
