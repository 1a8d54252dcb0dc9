import type { Clock, DefinitionRegistry, Shard, ShardAddress, ShardId } from '@marathon/core';
import { hashOf } from './hash.js';

const staleAfterMs = 5_000;
/** A contract that is older than this is read again before anything is refused, or let pass, because of it. */
const contractAgeMsMax = 10_000;

interface Snapshot {
  readonly readAtMs: number;
  /** The queues on which a workflow is registered. */
  readonly queues: ReadonlyMap<string, readonly string[]>;
  /** By workflow and queue. */
  readonly contractDigests: ReadonlyMap<string, string>;
  readonly shardsOf: ReadonlyMap<string, readonly Shard[]>;
  readonly shards: ReadonlyMap<ShardId, Shard>;
}

/** A run that is to be started. */
export interface Placeable {
  readonly workflow: string;
  readonly workflowId: string;
  /** Default: `nearQueue`, when the workflow is registered there, or else the only queue where it is. */
  readonly taskQueue?: string | undefined;
  readonly nearQueue?: string;
}

/**
 * What orchestrators announced, as last read: read again when something is asked for that it does not hold, and in the
 * background when it is older than 5 s and somebody asks.
 */
export class KnownDefinitions {
  private snapshot: Snapshot | undefined;
  private reading: Promise<Snapshot> | undefined;

  constructor(
    private readonly registry: Pick<DefinitionRegistry, 'readAll'>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /**
   * The shard of a new run: the same for the same workflow id as long as its queue has the same number of partitions. Nothing
   * when there is no such definition on that queue, or none on a queue that goes without saying.
   */
  async place(run: Placeable): Promise<Shard | undefined> {
    const known = this.current();
    return (known && place(known, run)) ?? place(await this.read(), run);
  }

  /** Where messages to the owner of a shard go; nothing when no orchestrator has announced it. */
  async addressOf(shard: ShardId): Promise<ShardAddress | undefined> {
    return this.current()?.shards.get(shard) ?? (await this.read()).shards.get(shard);
  }

  /** By workflow, the queues on which it is registered, as last read. */
  get queues(): ReadonlyMap<string, readonly string[]> {
    return this.snapshot?.queues ?? new Map();
  }

  /** Of a workflow on a queue, not older than 10 s; nothing when it has none. */
  async contractDigestOf(workflow: string, taskQueue: string): Promise<string | undefined> {
    return (await this.fresh()).contractDigests.get(contractKey(workflow, taskQueue));
  }

  /** Whether any workflow has one. */
  async haveContracts(): Promise<boolean> {
    return (await this.fresh()).contractDigests.size > 0;
  }

  private async fresh(): Promise<Snapshot> {
    const known = this.current();
    return known && this.clock.now() - known.readAtMs <= contractAgeMsMax ? known : this.read();
  }

  private current(): Snapshot | undefined {
    if (this.snapshot && this.clock.now() - this.snapshot.readAtMs > staleAfterMs) this.read().catch(() => undefined);
    return this.snapshot;
  }

  private read(): Promise<Snapshot> {
    this.reading ??= this.readNow().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async readNow(): Promise<Snapshot> {
    const readAtMs = this.clock.now();
    const { definitions, shards } = await this.registry.readAll();
    const queues = new Map(
      [...Map.groupBy(definitions, ({ workflow }) => workflow)].map(([name, rows]) => [name, rows.map((row) => row.taskQueue)]),
    );
    const contractDigests = new Map(
      definitions.flatMap(({ workflow, taskQueue, contractDigest }) =>
        contractDigest === undefined ? [] : [[contractKey(workflow, taskQueue), contractDigest] as const],
      ),
    );
    const sorted = shards.toSorted((a, b) => a.partition - b.partition);
    this.snapshot = {
      readAtMs,
      queues,
      contractDigests,
      shardsOf: Map.groupBy(sorted, ({ taskQueue }) => taskQueue),
      shards: new Map(shards.map((shard) => [shard.id, shard])),
    };
    return this.snapshot;
  }
}

const contractKey = (workflow: string, taskQueue: string): string => `${taskQueue}\n${workflow}`;

function place({ queues, shardsOf }: Snapshot, { workflow, workflowId, taskQueue, nearQueue }: Placeable): Shard | undefined {
  const registered = queues.get(workflow) ?? [];
  const near = nearQueue !== undefined && registered.includes(nearQueue) ? nearQueue : undefined;
  const queue = taskQueue ?? near ?? (registered.length === 1 ? registered[0] : undefined);
  if (queue === undefined || !registered.includes(queue)) return undefined;
  const shards = shardsOf.get(queue);
  return shards?.[hashOf(workflowId) % shards.length];
}
