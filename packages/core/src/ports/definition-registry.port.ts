import type { Shard } from '../ids.js';

/** How gateways know what exists: orchestrators write it down when they start. */
export interface DefinitionRegistry {
  /** Announces the definitions of one queue, replacing what an older build of it announced, and the queue's shards. */
  register(registration: {
    readonly taskQueue: string;
    readonly partitions: number;
    readonly build: string;
    readonly workflows: readonly WorkflowRegistration[];
  }): Promise<readonly Shard[]>;
  /**
   * Says that a build is still there.
   * @returns false when no build has said so for the queue for `abandonedAfterMs`, this one included: it is to be registered.
   */
  renew(renewal: { readonly taskQueue: string; readonly build: string; readonly abandonedAfterMs: number }): Promise<boolean>;
  readAll(): Promise<{ readonly definitions: readonly WorkflowDefinitionRow[]; readonly shards: readonly Shard[] }>;
  /** Those of these contracts that are in force somewhere. */
  readContracts(digests: readonly string[]): Promise<readonly WrittenContract[]>;
}

export interface WorkflowRegistration {
  readonly name: string;
  readonly contract?: WrittenContract;
}

/** A contract never changes: another one has another digest. */
export interface WrittenContract {
  readonly digest: string;
  /** The JSON of a `RegisteredContract`. */
  readonly text: string;
}

export interface WorkflowDefinitionRow {
  readonly workflow: string;
  readonly taskQueue: string;
  readonly build: string;
  /** Absent when it has none. */
  readonly contractDigest?: string;
}
