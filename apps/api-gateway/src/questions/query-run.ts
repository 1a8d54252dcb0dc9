import { encodePayload, smallPayloadCharsMax } from '@marathon/core';
import { withMember } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { Contracts, type Sent } from '../contracts/contracts.js';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError } from '../http/problem.error.js';
import { Runs } from '../reads/runs.js';
import { knownNames } from './known-names.js';
import { Questions } from './questions.js';
import { shownFailure } from './shown-failure.js';

/** Asks the code of runs. */
@Injectable()
export class QueryRun {
  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'clock'>,
    private readonly runs: Runs,
    private readonly questions: Questions,
    private readonly contracts: Contracts,
  ) {}

  /**
   * @returns the text of the answer.
   * @throws ProblemError when there is no such run, no such query, or no answer.
   */
  async answer(workflowId: string, runId: string | undefined, { name, payload }: Sent, waitMs: number): Promise<string> {
    const run = await this.runs.find(workflowId, runId);
    await this.contracts.checkQuery(run, { name, payload });
    const input = encodePayload(payload, 'the input', smallPayloadCharsMax);
    const query = { kind: 'query-requested', runId: run.runId, name, ...(input !== undefined && { input }) } as const;
    const answer = await this.questions.ask(
      { shard: run.shard, message: (to, replyTo) => ({ ...query, to, replyTo }) },
      this.ports.clock.now() + waitMs,
    );
    const of = { workflowId, runId: run.runId, runStatus: run.status };
    if (!answer) throw new ProblemError('MARATHON_RUN_UNREACHABLE', `no orchestrator has answered for run ${run.runId} in time`, of);
    switch (answer.outcome) {
      case 'completed':
        if (answer.outcomeOmitted) throw new ProblemError('MARATHON_QUERY_FAILED', 'the answer is larger than a message of 1 MiB', of);
        return withMember(JSON.stringify({ workflowId, runId: run.runId }), 'result', answer.result);
      case 'failed': {
        const failure = shownFailure(answer.failure ?? { type: 'Error', message: 'the failure is larger than a message of 1 MiB' });
        throw new ProblemError('MARATHON_QUERY_FAILED', `${failure.type}: ${failure.message}`, { ...of, failure });
      }
      case 'unknown': {
        const names = [...(answer.names ?? [])];
        throw new ProblemError('MARATHON_QUERY_UNKNOWN', `the run has no query "${name}": ${knownNames(names)}`, { ...of, names });
      }
      default:
        throw new ProblemError('MARATHON_QUERY_UNANSWERABLE', `the run cannot be asked: ${answer.reason ?? answer.outcome}`, of);
    }
  }
}
