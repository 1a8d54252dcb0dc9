import type { AnyWorkflowDefinition } from '@marathon/core';

export interface OrchestratorOptions {
  readonly workflows: readonly AnyWorkflowDefinition[];
  /** The queues whose runs it drives, all with the same workflows. Default `['default']`. */
  readonly taskQueues?: readonly string[];
  /** Tells this build's workflow code from others. Default: a digest of the functions' sources. */
  readonly build?: string;
  /** Runs kept in memory with their code; further ones are replayed when something happens to them. Default 10,000. */
  readonly residentRuns?: number;
  /** What they may take, estimated. Default 64 MiB. */
  readonly residentBytes?: number;
  /** How old an outbox entry must be to count as left behind. Default 10,000. */
  readonly sweepAgeMs?: number;
  /** How long workers may be silent about an attempt, and a run may stand still at its start, before somebody looks. Default 600,000. */
  readonly resendAfterMs?: number;
  /** Attempts of a queue that state a priority or a fairness key, and no limit, which are at workers at a time. Default 100. */
  readonly queueWindow?: number;
  /** How many events a run may have before it is suspended. Default 50,000. */
  readonly historyEventsMax?: number;
}
