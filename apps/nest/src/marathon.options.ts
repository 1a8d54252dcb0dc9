import type { AnyWorkflowDefinition } from '@marathon/core';
import type { Modules } from '@marathon/orchestrator';
import type { StandaloneOptions } from '@marathon/standalone';

/** What of the application Marathon runs, and where. Its activities need no word here: every `@Activity()` of every provider is run. */
export interface MarathonModuleOptions {
  /** Workflows that this application drives. */
  readonly workflows?: readonly AnyWorkflowDefinition[];
  /**
   * Modules that provide further ones: classes with `@Workflow()`, and the pure services that these need. They get a container of
   * their own; the application does not import them.
   */
  readonly modules?: Modules;
  /** The queues of those workflows and activities, where MARATHON_TASK_QUEUES names none. Default `['default']`. */
  readonly taskQueues?: readonly string[];
  /** Where a gateway is, for the client: `http://127.0.0.1:8080`. Default: MARATHON_URL; with `embedded` the gateway in this process. */
  readonly url?: string;
  /**
   * Runs the whole system in this process: for development, tests and small installations. Default false: what the application has
   * is run over Apache Kafka, beside other processes, by the environment (`docs/reference/configuration.md`).
   */
  readonly embedded?: boolean | EmbeddedOptions;
}

/** The port of its HTTP API (8080), and where its data are: a directory (`.marathon`), a PostgreSQL, or memory. */
export type EmbeddedOptions = Pick<StandaloneOptions, 'port' | 'dataDirectory' | 'databaseUrl' | 'memory'>;
