import type { Shard, ShardAddress, ShardId } from '@marathon/core';
import { KnownDefinitions } from '@marathon/host';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { invalidField } from '../http/problem.error.js';

const namesShownMax = 50;

/** What orchestrators announced, for requests that name it. */
@Injectable()
export class Definitions {
  private readonly known: KnownDefinitions;

  constructor(@Inject(GATEWAY_PORTS) { definitionRegistry, clock }: Pick<GatewayPorts, 'definitionRegistry' | 'clock'>) {
    this.known = new KnownDefinitions(definitionRegistry, clock);
  }

  /**
   * The shard of a new run: the same for the same workflow id as long as its queue has the same number of partitions.
   * @throws ProblemError naming the field `workflow` or `taskQueue` when there is no such definition.
   */
  async placeRun(workflow: string, workflowId: string, taskQueue: string | undefined): Promise<Shard> {
    const shard = await this.known.place({ workflow, workflowId, taskQueue });
    if (shard) return shard;
    const { queues } = this.known;
    const registered = queues.get(workflow);
    if (!registered) throw invalidField('workflow', `is not registered: ${namesOf(queues)}`);
    const places = `registered on ${registered.join(', ')}`;
    if (taskQueue === undefined) throw invalidField('taskQueue', `is required: the workflow is ${places}`);
    throw invalidField('taskQueue', `does not have this workflow: it is ${places}`);
  }

  contractDigestOf(workflow: string, taskQueue: string): Promise<string | undefined> {
    return this.known.contractDigestOf(workflow, taskQueue);
  }

  haveContracts(): Promise<boolean> {
    return this.known.haveContracts();
  }

  /** Where messages to the owner of a shard go; nothing when no orchestrator has announced it. */
  addressOf(shard: ShardId): Promise<ShardAddress | undefined> {
    return this.known.addressOf(shard);
  }
}

function namesOf(queues: ReadonlyMap<string, unknown>): string {
  if (queues.size === 0) return 'no orchestrator has registered any workflow';
  const names = [...queues.keys()].sort();
  const more = names.length > namesShownMax ? `, and ${names.length - namesShownMax} more` : '';
  return `known are ${names.slice(0, namesShownMax).join(', ')}${more}`;
}
