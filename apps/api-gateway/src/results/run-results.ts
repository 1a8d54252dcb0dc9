import { isClosed, type RunRow } from '@marathon/core';
import { createLog } from '@marathon/host';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { Runs } from '../reads/runs.js';
import { type Closing, closingOf } from './closing.js';
import type { Patience } from './patience.js';
import { ResultWaits, type Wait } from './result-waits.js';

export interface RunResult {
  readonly run: Pick<RunRow, 'workflowId' | 'runId' | 'workflow' | 'status'>;
  /** Absent while the run is open. A large result is a reference. */
  readonly closing: Closing | undefined;
}

/** Results of runs, of those that go on for them included: a run that continued as new has the result of its last successor. */
@Injectable()
export class RunResults {
  private readonly log = createLog(RunResults.name);

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader'>,
    private readonly runs: Runs,
    private readonly waits: ResultWaits,
  ) {}

  /**
   * The run, or the latest of that workflow id.
   * @param patience how long to wait for an open run; without it, not at all
   * @throws ProblemError MARATHON_WORKFLOW_NOT_FOUND, MARATHON_OVERLOADED
   */
  async resultOf(workflowId: string, runId: string | undefined, patience: Patience | undefined): Promise<RunResult> {
    let run = await this.runs.find(workflowId, runId);
    for (;;) {
      const closing = isClosed(run.status) ? await this.readClosing(run) : patience && (await this.awaitClosing(run, patience));
      if (!closing) return { run: patience ? await this.runs.find(workflowId, run.runId) : run, closing };
      if (!closing.newRunId) return { run: { ...run, status: closing.status }, closing };
      run = await this.runs.find(workflowId, closing.newRunId);
    }
  }

  /** Of a run that was started just now, for the wait that went with its start. */
  async resultOfStarted(
    { workflowId, runId, workflow }: Omit<RunResult['run'], 'status'>,
    wait: Wait,
    patience: Patience,
  ): Promise<RunResult> {
    const closing = await patience.waitOut(wait);
    if (!closing) return { run: await this.runs.find(workflowId, runId), closing };
    if (closing.newRunId) return this.resultOf(workflowId, closing.newRunId, patience);
    return { run: { workflowId, runId, workflow, status: closing.status }, closing };
  }

  private async readClosing({ runId }: RunRow): Promise<Closing | undefined> {
    const [found] = await this.ports.runReader.readClosings([runId]);
    return found && closingOf(runId, found.closing);
  }

  private async awaitClosing({ runId, shard }: RunRow, patience: Patience): Promise<Closing | undefined> {
    const wait = this.waits.open({ runId, shard });
    this.waits.ask({ runId, shard }).catch((error) => this.log.warn('an owner is asked for a result later', { runId, error }));
    return patience.waitOut(wait);
  }
}
