import type { AnyWorkflowDefinition, Log } from '@marathon/core';
import type { Faults } from './chance.js';
import type { SimulatedActivity } from './simulated-workers.js';

/** What a simulation runs, how many processes run it, and what goes wrong. */
export interface SimulationOptions {
  readonly workflows: readonly AnyWorkflowDefinition[];
  readonly activities?: Readonly<Record<string, SimulatedActivity>>;
  /** What an activity does that `activities` does not name. Without it, it is handed back. */
  readonly otherActivity?: (name: string) => SimulatedActivity;
  /** Everything that happens by chance follows from it. Default 1. */
  readonly seed?: number;
  readonly faults?: Faults;
  /** How many processes share the shards. Default 1. */
  readonly processes?: number;
  /** Messages are in a log of their own, rather than in the one process, and survive its death. Always so with several processes. */
  readonly isStreamDurable?: boolean;
  /** Runs that each process keeps in memory; 1 makes nearly every event a replay. Default 1,000. */
  readonly residentRuns?: number;
  /** See `ShardOwnerOptions`. */
  readonly resendAfterMs?: number;
  /** Payloads that are too large for a history stand beside it. Default: they do not. */
  readonly movesLargePayloads?: boolean;
  readonly log?: Log;
  /** When the world begins, milliseconds since 1970. Default the start of 2026. */
  readonly startsAtMs?: number;
  /**
   * Once nothing but routine has happened for so long, time jumps to what is due next: routine comes late then, as after a pause of
   * the machine, and months pass in milliseconds. Default: never.
   */
  readonly skipsIdleTimeAfterMs?: number;
  /** Time stands still while activities or steps do real work, such as I/O. Default: it does not wait for them. */
  readonly awaitsRealWork?: boolean;
  /** The process dies at this one of the moments just before and just after an advance of runs is durable, counted from 1. */
  readonly crashPoint?: number;
}
