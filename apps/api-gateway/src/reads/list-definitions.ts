import type { WorkflowDefinitionRow } from '@marathon/core';
import type { Definition, DefinitionList, ListDefinitionsQuery } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { invalidField } from '../http/problem.error.js';

/** Of the contracts on a page. */
const pageCharsMax = 4 * 1_024 * 1_024;

/** What orchestrators have announced, with the contracts that are checked. */
@Injectable()
export class ListDefinitions {
  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'definitionRegistry'>) {}

  async page({ workflow, taskQueue, limit, cursor = '' }: z.output<typeof ListDefinitionsQuery>): Promise<DefinitionList> {
    if (cursor !== '' && !cursor.includes('/')) throw invalidField('cursor', 'is none that this API gave out');
    const { definitions } = await this.ports.definitionRegistry.readAll();
    const rows = definitions
      .filter((row) => (workflow === undefined || row.workflow === workflow) && (taskQueue === undefined || row.taskQueue === taskQueue))
      .filter((row) => cursorOf(row) > cursor)
      .sort((a, b) => (cursorOf(a) < cursorOf(b) ? -1 : 1));
    const page = await this.withContracts(rows.slice(0, limit));
    const last = page.length < rows.length ? rows[page.length - 1] : undefined;
    return { definitions: page, ...(last && { next: cursorOf(last) }) };
  }

  /** As many as fit a page, and one at least. */
  private async withContracts(rows: readonly WorkflowDefinitionRow[]): Promise<Definition[]> {
    const digests = [...new Set(rows.flatMap(({ contractDigest = [] }) => contractDigest))];
    const contracts = new Map((await this.ports.definitionRegistry.readContracts(digests)).map(({ digest, text }) => [digest, text]));
    let chars = 0;
    const page: Definition[] = [];
    for (const { workflow, taskQueue, build, contractDigest = '' } of rows) {
      const text = contracts.get(contractDigest) ?? '{}';
      chars += text.length;
      if (page.length > 0 && chars > pageCharsMax) break;
      page.push({ workflow, taskQueue, build, ...(JSON.parse(text) as Partial<Definition>) });
    }
    return page;
  }
}

/** No task queue has a slash. */
const cursorOf = ({ taskQueue, workflow }: WorkflowDefinitionRow): string => `${taskQueue}/${workflow}`;
