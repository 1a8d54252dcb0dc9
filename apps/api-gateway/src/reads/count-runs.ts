import type { GroupField } from '@marathon/core';
import { type CountWorkflowsQuery, parseField, type WorkflowCount } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { invalidField } from '../http/problem.error.js';
import { namespace } from '../namespace.js';
import { naming, queryIn } from './search-query.js';

/** What is beyond them is not counted: the answer says so. */
const countMax = 1_000_000;
const groupsMax = 1_000;

@Injectable()
export class CountRuns {
  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader' | 'clock'>) {}

  async count({ q, groupBy }: z.output<typeof CountWorkflowsQuery>): Promise<WorkflowCount> {
    const { runReader, clock } = this.ports;
    const { where, orderBy } = queryIn('q', q, clock.now());
    if (orderBy) throw invalidField('q', 'must not order what is only counted');
    const count = { namespace, countMax, ...(where && { where }) };
    if (groupBy === undefined) return runReader.count(count);
    const { groups, isExact } = await runReader.countBy(groupField(groupBy), { ...count, groupsMax });
    return { groups: [...groups], isExact };
  }
}

function groupField(text: string): GroupField {
  const field = naming('groupBy', () => parseField(text));
  if ('attribute' in field || field.own === 'status' || field.own === 'workflow' || field.own === 'taskQueue') return field as GroupField;
  throw invalidField('groupBy', 'must be status, workflow, taskQueue or the name of a search attribute');
}
