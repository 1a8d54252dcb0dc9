import { newestFirst } from '@marathon/core';
import type { ListWorkflowsQuery, WorkflowList } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { namespace } from '../namespace.js';
import { readCursor, writeCursor } from './cursor.js';
import { narrowed, queryIn } from './search-query.js';
import { summaryOf } from './summary.js';

@Injectable()
export class ListRuns {
  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader' | 'clock'>) {}

  /** Newest first, unless the query says otherwise. One row more than asked for tells whether there is a next page. */
  async page({ q, cursor, limit, ...filters }: z.output<typeof ListWorkflowsQuery>): Promise<WorkflowList> {
    const { runReader, clock } = this.ports;
    const { where, orderBy = newestFirst } = narrowed(queryIn('q', q, clock.now()), filters);
    const after = cursor === undefined ? undefined : readCursor(cursor, orderBy);
    const found = await runReader.search({ namespace, orderBy, limit: limit + 1, ...(where && { where }), ...(after && { after }) });
    const runs = found.slice(0, limit);
    const attributes = await runReader.readSearchAttributes(runs.map(({ runId }) => runId));
    const last = found.length > limit ? runs.at(-1) : undefined;
    return { workflows: runs.map((run) => summaryOf(run, attributes.get(run.runId))), ...(last && { next: writeCursor(last) }) };
  }
}
