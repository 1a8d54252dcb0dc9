import { Readable } from 'node:stream';
import { isClosed } from '@marathon/core';
import { EventsQuery, HistoryQuery } from '@marathon/protocol';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { followRun } from '../events/follow-run.js';
import { RunWatchers } from '../events/run-watchers.js';
import { serverSentEvents } from '../events/server-sent-events.js';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { LargePayloads } from '../payloads/large-payloads.js';
import { Runs } from '../reads/runs.js';
import { nameInPath, queryOf } from './request-parts.js';
import { validate } from './validate.js';

/** A run's history as it happens, to whoever understands `text/event-stream`. */
@Controller('workflows/:workflowId/events')
export class EventsController {
  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader' | 'clock'>,
    private readonly runs: Runs,
    private readonly watchers: RunWatchers,
    private readonly payloads: LargePayloads,
  ) {}

  @Get()
  async follow(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { runId, after = 0 } = queryOf(EventsQuery, request);
    const afterSeq = lastEventId(request) ?? after;
    const run = await this.runs.find(nameInPath(request, 'workflowId'), runId);
    // 204 tells a browser that has all of it not to connect again.
    if (isClosed(run.status) && afterSeq >= run.lastSeq) return void reply.code(204).send();
    const addressOf = await this.payloads.addressing();
    const watch = this.watchers.open(run.runId);
    reply.raw.once('close', () => watch.close());
    const text = serverSentEvents(followRun(this.ports, run.runId, afterSeq, watch), addressOf);
    reply
      .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' })
      .send(Readable.from(text, { highWaterMark: 1 }));
  }
}

/** Sent by a browser that connects again. */
function lastEventId(request: FastifyRequest): number | undefined {
  const id = request.headers['last-event-id'];
  return id === undefined || id === '' ? undefined : validate(HistoryQuery.shape.after, id, 'Last-Event-ID');
}
