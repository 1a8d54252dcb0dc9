import { type DefinitionList, ListDefinitionsQuery } from '@marathon/protocol';
import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ListDefinitions } from '../reads/list-definitions.js';
import { queryOf } from './request-parts.js';

/** What can be started, and what may be sent to it. */
@Controller('definitions')
export class DefinitionsController {
  constructor(private readonly definitions: ListDefinitions) {}

  @Get()
  list(@Req() request: FastifyRequest): Promise<DefinitionList> {
    return this.definitions.page(queryOf(ListDefinitionsQuery, request));
  }
}
