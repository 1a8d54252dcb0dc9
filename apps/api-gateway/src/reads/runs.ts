import { type RunRow, type RunStatus, runId as toRunId } from '@marathon/core';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError } from '../http/problem.error.js';
import { namespace } from '../namespace.js';

export const notFound = (workflowId: string, runId?: string): ProblemError =>
  new ProblemError(
    'MARATHON_WORKFLOW_NOT_FOUND',
    runId ? `workflow "${workflowId}" has no run ${runId}` : `there is no workflow "${workflowId}"`,
  );

export const closedRun = (workflowId: string, runId: string, runStatus: RunStatus): ProblemError =>
  new ProblemError('MARATHON_RUN_CLOSED', `run ${runId} is ${runStatus}`, { workflowId, runId, runStatus });

@Injectable()
export class Runs {
  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader'>) {}

  /** The run, or the latest of that workflow id. @throws ProblemError MARATHON_WORKFLOW_NOT_FOUND */
  async find(workflowId: string, runId?: string): Promise<RunRow> {
    const run = await this.ports.runReader.find(namespace, workflowId, runId === undefined ? undefined : toRunId(runId));
    if (!run) throw notFound(workflowId, runId);
    return run;
  }
}
