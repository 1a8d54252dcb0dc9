import { encodePayload } from '@marathon/core';
import { AnswerApproval, type Approval, type ApprovalList, ListApprovalsQuery, type RequestAccepted } from '@marathon/protocol';
import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { PayloadSchemas } from '../contracts/payload-schemas.js';
import { ActivityOutcomes } from '../intake/activity-outcomes.js';
import { Approvals, described } from '../reads/approvals.js';
import { queryOf } from './request-parts.js';
import { validate } from './validate.js';

/** What runs ask people. */
@Controller('approvals')
export class ApprovalsController {
  constructor(
    private readonly approvals: Approvals,
    private readonly outcomes: ActivityOutcomes,
    private readonly schemas: PayloadSchemas,
  ) {}

  @Get()
  list(@Req() request: FastifyRequest): Promise<ApprovalList> {
    return this.approvals.page(queryOf(ListApprovalsQuery, request));
  }

  @Get(':id')
  async describe(@Req() request: FastifyRequest): Promise<Approval> {
    return described(await this.approvals.find(idOf(request)));
  }

  /** Answered when the answer is durable. The schema is a contract and transforms nothing: the code gets what was sent. */
  @Post(':id/answer')
  @HttpCode(202)
  async answer(@Req() request: FastifyRequest): Promise<RequestAccepted> {
    const { answer: given, answeredBy } = validate(AnswerApproval, request.body ?? {}, 'body');
    const { activitySeq, row, asked } = await this.approvals.find(idOf(request));
    const schema = asked.data.approval?.schema;
    if (schema) this.schemas.mustFit(JSON.stringify(schema), given, 'answer');
    const payload = encodePayload(given, 'the answer');
    const attempt = { activitySeq, attempt: 1 };
    const answer = {
      kind: 'complete-activity',
      ...attempt,
      ...(payload !== undefined && { payload }),
      ...(answeredBy && { answeredBy }),
    } as const;
    return this.outcomes.submit(
      { attempt: { runId: row.run.runId, ...attempt }, maySpeakFor: ({ approval }) => approval !== undefined },
      answer,
    );
  }
}

const idOf = (request: FastifyRequest): string => (request.params as { readonly id: string }).id;
