import type { RunListQuery } from '@marathon/core';
import type { ListWorkflowsQuery, WorkflowList } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { namespace } from '../namespace.js';
import { readCursor, writeCursor } from './cursor.js';
import { summaryOf } from './summary.js';

@Injectable()
export class ListRuns {
  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader'>) {}

  /** Newest first. One row more than asked for tells whether there is a next page. */
  async page({ cursor, limit, ...filters }: z.output<typeof ListWorkflowsQuery>): Promise<WorkflowList> {
    const beforeRunId = cursor === undefined ? undefined : readCursor(cursor);
    const query = { namespace, ...filters, limit: limit + 1, ...(beforeRunId && { beforeRunId }) };
    const rows = await this.ports.runReader.list(query as RunListQuery);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { workflows: rows.slice(0, limit).map(summaryOf), ...(last && { next: writeCursor(last.runId) }) };
  }
}
