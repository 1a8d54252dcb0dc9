import { type LimitList, ListLimitsQuery } from '@marathon/protocol';
import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Limits } from '../reads/limits.js';
import { queryOf } from './request-parts.js';

/** What holds activities and runs back. */
@Controller('limits')
export class LimitsController {
  constructor(private readonly limits: Limits) {}

  @Get()
  list(@Req() request: FastifyRequest): Promise<LimitList> {
    return this.limits.page(queryOf(ListLimitsQuery, request));
  }
}
