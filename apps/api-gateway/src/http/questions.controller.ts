import { durationMs } from '@marathon/core';
import { AnswerQuery } from '@marathon/protocol';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QueryRun } from '../questions/query-run.js';
import { type SentUpdate, UpdateRun } from '../questions/update-run.js';
import { idempotencyKeyOf, nameInPath, queryOf, sendJsonText, updateIdInPath } from './request-parts.js';

const waitDefault = '10s';

/** What runs answer by their code. */
@Controller('workflows/:workflowId')
export class QuestionsController {
  constructor(
    private readonly queries: QueryRun,
    private readonly updates: UpdateRun,
  ) {}

  @Post('queries/:name')
  async query(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { runId, wait = waitDefault } = queryOf(AnswerQuery, request);
    const query = { name: nameInPath(request, 'name'), payload: request.body };
    sendJsonText(reply, 200, await this.queries.answer(nameInPath(request, 'workflowId'), runId, query, durationMs(wait)));
  }

  @Post('updates/:name')
  async update(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { runId, wait = waitDefault } = queryOf(AnswerQuery, request);
    const name = nameInPath(request, 'name');
    const update = { updateId: idempotencyKeyOf(request) ?? crypto.randomUUID(), name, payload: request.body };
    sendUpdate(reply, await this.updates.send(nameInPath(request, 'workflowId'), runId, update, durationMs(wait)));
  }

  @Get('updates/:updateId')
  async answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { runId, wait = waitDefault } = queryOf(AnswerQuery, request);
    const updateId = updateIdInPath(request);
    sendUpdate(reply, await this.updates.answer(nameInPath(request, 'workflowId'), runId, updateId, durationMs(wait)));
  }
}

/** 200 when the update is answered; 202 while it is not, with where to ask again. */
function sendUpdate(reply: FastifyReply, { isAnswered, address, text }: SentUpdate): void {
  if (!isAnswered) reply.header('location', address);
  sendJsonText(reply, isAnswered ? 200 : 202, text);
}
