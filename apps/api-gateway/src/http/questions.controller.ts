import { durationMs, encodePayload } from '@marathon/core';
import { AnswerQuery } from '@marathon/protocol';
import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QueryRun } from '../questions/query-run.js';
import { nameInPath, queryOf, sendJsonText } from './request-parts.js';

const waitDefault = '10s';

/** What runs answer by their code. */
@Controller('workflows/:workflowId')
export class QuestionsController {
  constructor(private readonly queries: QueryRun) {}

  @Post('queries/:name')
  async query(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { runId, wait = waitDefault } = queryOf(AnswerQuery, request);
    const name = nameInPath(request, 'name');
    const input = encodePayload(request.body, 'the input');
    sendJsonText(reply, 200, await this.queries.answer(nameInPath(request, 'workflowId'), runId, name, input, durationMs(wait)));
  }
}
