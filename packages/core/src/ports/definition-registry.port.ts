import type { Shard } from '../ids.js';

/** How gateways know what exists: orchestrators write it down when they start. */
export interface DefinitionRegistry {
  /** Announces the definitions of one queue, replacing what an older build of it announced, and the queue's shards. */
  register(registration: {
    readonly taskQueue: string;
    readonly partitions: number;
    readonly build: string;
    readonly workflows: readonly string[];
  }): Promise<readonly Shard[]>;
  readAll(): Promise<{ readonly definitions: readonly WorkflowDefinitionRow[]; readonly shards: readonly Shard[] }>;
}

export interface WorkflowDefinitionRow {
  readonly workflow: string;
  readonly taskQueue: string;
  readonly build: string;
}
