declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A UUIDv7: one execution of a workflow. Continuing as new gives the same workflow id a new run id. */
export type RunId = Branded<string, 'RunId'>;
/** The caller's name for a workflow; at most one run of it is open at a time in a namespace. */
export type WorkflowId = Branded<string, 'WorkflowId'>;
/** The number under which PostgreSQL knows one partition of one queue's workflow topic. */
export type ShardId = Branded<number, 'ShardId'>;
/** The number of an outbox entry, as decimal text: it may exceed 2^53. */
export type OutboxEntryId = Branded<string, 'OutboxEntryId'>;

/** All runs of an installation share one name space. */
export const defaultNamespace = 'default';

export const runId = (text: string): RunId => text as RunId;
export const workflowId = (text: string): WorkflowId => text as WorkflowId;
export const shardId = (number: number): ShardId => number as ShardId;
export const outboxEntryId = (text: string): OutboxEntryId => text as OutboxEntryId;

/** Where a shard's messages arrive: a partition of its task queue's workflow topic. */
export interface ShardAddress {
  readonly taskQueue: string;
  readonly partition: number;
}

export interface Shard extends ShardAddress {
  readonly id: ShardId;
}

/** A shard as its owner holds it: every commit proves that `epoch` is still the one in PostgreSQL. */
export interface OwnedShard extends Shard {
  readonly epoch: number;
}
