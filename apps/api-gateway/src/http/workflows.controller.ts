import type { Payload } from '@marathon/core';
import { durationMs } from '@marathon/core';
import {
  CountWorkflowsQuery,
  HistoryQuery,
  ListWorkflowsQuery,
  ResultQuery,
  RunQuery,
  type StartWorkflowAnswer,
  StartWorkflowRequest,
  WaitQuery,
} from '@marathon/protocol';
import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { type StartedRun, StartWorkflow } from '../intake/start-workflow.js';
import { LargePayloads } from '../payloads/large-payloads.js';
import { CountRuns } from '../reads/count-runs.js';
import { DescribeRun } from '../reads/describe-run.js';
import { ListRuns } from '../reads/list-runs.js';
import { ReadHistory } from '../reads/read-history.js';
import { Runs } from '../reads/runs.js';
import { withOutcome } from '../results/closing.js';
import { Patience } from '../results/patience.js';
import { type RunResult, RunResults } from '../results/run-results.js';
import { WhyRun } from '../why/why-run.js';
import { idempotencyKeyOf, nameInPath, queryOf, sendFile, sendJsonText } from './request-parts.js';
import { validate } from './validate.js';

@Controller('workflows')
export class WorkflowsController {
  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'clock'>,
    private readonly startWorkflow: StartWorkflow,
    private readonly results: RunResults,
    private readonly listRuns: ListRuns,
    private readonly countRuns: CountRuns,
    private readonly describeRun: DescribeRun,
    private readonly whyRun: WhyRun,
    private readonly runs: Runs,
    private readonly readHistory: ReadHistory,
    private readonly payloads: LargePayloads,
  ) {}

  @Post()
  async start(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const patience = this.patienceFor(queryOf(WaitQuery, request).wait, reply);
    const body = validate(StartWorkflowRequest, request.body, 'body');
    const started = await this.startWorkflow.start(body, idempotencyKeyOf(request), patience !== undefined);
    reply.header('location', `/workflows/${encodeURIComponent(started.workflowId)}`);
    if (patience) {
      // The run has begun: its result is not refused any more.
      const { run, closing } = await this.resultOf(started, body.workflow, patience);
      return sendResult(reply, run, closing && { ...closing, ...resultOf(await this.payloads.text(closing.result)) });
    }
    const { workflowId, runId, status } = started;
    const answer: StartWorkflowAnswer = { workflowId, runId, status };
    sendJsonText(reply, started.isNew ? 201 : 200, JSON.stringify(answer));
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendJsonText(reply, 200, JSON.stringify(await this.listRuns.page(queryOf(ListWorkflowsQuery, request))));
  }

  @Get('count')
  async count(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendJsonText(reply, 200, JSON.stringify(await this.countRuns.count(queryOf(CountWorkflowsQuery, request))));
  }

  @Get(':workflowId')
  async describe(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendJsonText(reply, 200, await this.describeRun.describe(nameInPath(request, 'workflowId'), queryOf(RunQuery, request).runId));
  }

  @Get(':workflowId/why')
  async why(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await this.whyRun.explain(nameInPath(request, 'workflowId'), queryOf(RunQuery, request).runId);
    sendJsonText(reply, 200, JSON.stringify(answer));
  }

  @Get(':workflowId/history')
  async history(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { runId, after = 0, limit = 100, format } = queryOf(HistoryQuery, request);
    const run = await this.runs.find(nameInPath(request, 'workflowId'), runId);
    if (format === 'file') return sendFile(reply, `${run.runId}.history.json`, await this.readHistory.file(run));
    sendJsonText(reply, 200, await this.readHistory.page(run.runId, run.lastSeq, after, limit));
  }

  @Get(':workflowId/result')
  async result(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { runId, wait } = queryOf(ResultQuery, request);
    const { run, closing } = await this.results.resultOf(nameInPath(request, 'workflowId'), runId, this.patienceFor(wait, reply));
    const result = closing?.result && (await this.payloads.textFor(reply.raw, closing.result));
    sendResult(reply, run, closing && { ...closing, ...resultOf(result) });
  }

  private resultOf({ workflowId, runId, wait }: StartedRun, workflow: string, patience: Patience): Promise<RunResult> {
    if (wait) return this.results.resultOfStarted({ workflowId, runId, workflow }, wait, patience);
    return this.results.resultOf(workflowId, runId, patience);
  }

  private patienceFor(wait: string | undefined, reply: FastifyReply): Patience | undefined {
    return wait === undefined ? undefined : new Patience(this.ports.clock.now() + durationMs(wait), reply.raw);
  }
}

const resultOf = (result: Payload | undefined) => (result === undefined ? {} : { result });

/** 200 when the run has ended, 202 while it is open. */
function sendResult(reply: FastifyReply, run: RunResult['run'], closing: RunResult['closing']): void {
  const { workflowId, runId, workflow, status } = run;
  sendJsonText(reply, closing ? 200 : 202, withOutcome(JSON.stringify({ workflowId, runId, workflow, status }), closing));
}
