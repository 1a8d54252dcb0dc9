import type { Shard, ShardAddress, ShardId } from '@marathon/core';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { invalidField } from '../http/problem.error.js';
import { hashOf } from './hash.js';

const staleAfterMs = 5_000;
const namesShownMax = 50;

interface Snapshot {
  readonly readAtMs: number;
  /** The queues on which a workflow is registered. */
  readonly queues: ReadonlyMap<string, readonly string[]>;
  readonly shardsOf: ReadonlyMap<string, readonly Shard[]>;
  readonly shards: ReadonlyMap<ShardId, Shard>;
}

/**
 * What orchestrators announced, as last read: read again when something is asked for that it does not hold, and in the
 * background when it is older than 5 s and somebody asks.
 */
@Injectable()
export class Definitions {
  private snapshot: Snapshot | undefined;
  private reading: Promise<Snapshot> | undefined;

  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'definitionRegistry' | 'clock'>) {}

  /**
   * The shard of a new run: the same for the same workflow id as long as its queue has the same number of partitions.
   * @throws ProblemError naming the field `workflow` or `taskQueue` when there is no such definition.
   */
  async placeRun(workflow: string, workflowId: string, taskQueue: string | undefined): Promise<Shard> {
    const known = this.current();
    return (known && place(known, workflow, workflowId, taskQueue)) ?? this.placeAfterRead(workflow, workflowId, taskQueue);
  }

  /** Where messages to the owner of a shard go; nothing when no orchestrator has announced it. */
  async addressOf(shard: ShardId): Promise<ShardAddress | undefined> {
    return this.current()?.shards.get(shard) ?? (await this.read()).shards.get(shard);
  }

  private async placeAfterRead(workflow: string, workflowId: string, taskQueue: string | undefined): Promise<Shard> {
    const known = await this.read();
    const shard = place(known, workflow, workflowId, taskQueue);
    if (shard) return shard;
    const queues = known.queues.get(workflow);
    if (!queues) throw invalidField('workflow', `is not registered: ${namesOf(known.queues)}`);
    if (taskQueue === undefined) throw invalidField('taskQueue', `is required: the workflow is registered on ${queues.join(', ')}`);
    throw invalidField('taskQueue', `does not have this workflow: it is registered on ${queues.join(', ')}`);
  }

  private current(): Snapshot | undefined {
    if (this.snapshot && this.ports.clock.now() - this.snapshot.readAtMs > staleAfterMs) this.read().catch(() => undefined);
    return this.snapshot;
  }

  private read(): Promise<Snapshot> {
    this.reading ??= this.readNow().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async readNow(): Promise<Snapshot> {
    const readAtMs = this.ports.clock.now();
    const { definitions, shards } = await this.ports.definitionRegistry.readAll();
    const queues = new Map(
      [...Map.groupBy(definitions, ({ workflow }) => workflow)].map(([name, rows]) => [name, rows.map((row) => row.taskQueue)]),
    );
    const sorted = shards.toSorted((a, b) => a.partition - b.partition);
    this.snapshot = {
      readAtMs,
      queues,
      shardsOf: Map.groupBy(sorted, ({ taskQueue }) => taskQueue),
      shards: new Map(shards.map((shard) => [shard.id, shard])),
    };
    return this.snapshot;
  }
}

function place({ queues, shardsOf }: Snapshot, workflow: string, workflowId: string, taskQueue: string | undefined): Shard | undefined {
  const registered = queues.get(workflow);
  const queue = taskQueue ?? (registered?.length === 1 ? registered[0] : undefined);
  if (queue === undefined || !registered?.includes(queue)) return undefined;
  const shards = shardsOf.get(queue);
  return shards?.[hashOf(workflowId) % shards.length];
}

function namesOf(queues: ReadonlyMap<string, unknown>): string {
  if (queues.size === 0) return 'no orchestrator has registered any workflow';
  const names = [...queues.keys()].sort();
  const more = names.length > namesShownMax ? `, and ${names.length - namesShownMax} more` : '';
  return `known are ${names.slice(0, namesShownMax).join(', ')}${more}`;
}
