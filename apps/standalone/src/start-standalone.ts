import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type AnyWorkflowDefinition, Definitions, type Log, type Stream } from '@marathon/core';
import { Watchdog } from '@marathon/guards';
import { createLog, MarathonLogger, SystemClock } from '@marathon/host';
import { InProcessStream } from '@marathon/memory';
import { type Modules, provideWorkflows } from '@marathon/orchestrator';
import {
  EmbeddedDatabase,
  postgresStorage,
  type Storage,
  type UnresponsiveRunHandlerData,
  unresponsiveRunHandler,
} from '@marathon/postgres';
import { activityCancellationsTopic, deadLetterTopic, eventsTopic, repliesTopic } from '@marathon/protocol';
import { Logger, type Type } from '@nestjs/common';
import { memoryStorage } from './memory-storage.js';
import { compose } from './standalone.js';

export interface StandaloneOptions {
  /** Default 8080; 0 takes a free one. */
  readonly port?: number;
  /** Where the embedded PostgreSQL keeps its data. Default `.marathon` in the working directory. */
  readonly dataDirectory?: string;
  /** A PostgreSQL that runs already, instead of the embedded one. */
  readonly databaseUrl?: string;
  /** Keeps everything in memory, without a PostgreSQL, whatever the two above say: nothing outlives the process. Default false. */
  readonly memory?: boolean;
  readonly workflows: readonly AnyWorkflowDefinition[];
  /** Modules that provide further ones: classes with `@Workflow()`, and the services that these need. */
  readonly modules?: Modules;
  /** Whose runs it drives, and whose tasks it takes. Default `['default']`. */
  readonly taskQueues?: readonly string[];
  /** Classes with `@Activity()` methods, and what these need. Without it, workers of others take the tasks from `stream`. */
  readonly activities?: readonly Type[];
  /** Whose pages in browsers may call the API besides its own: `https://shop.example`, or `*` for all. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Runs kept in memory with their code; others are replayed when something happens to them. Default 10,000. */
  readonly residentRuns?: number;
  /** Default: Marathon's own, from now on in place of Nest's; `false` leaves the one that is there. */
  readonly logger?: MarathonLogger | false;
  /** Is given the adapters that were chosen; the system works with what it returns. For tests that stand between the two. */
  readonly adapt?: (adapters: Adapters) => Adapters;
}

/** What the system reaches the world outside of its process through. */
export interface Adapters {
  readonly storage: Storage;
  readonly stream: Stream;
}

export interface RunningStandalone {
  /** Where the HTTP API is: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** What workers speak through. */
  readonly stream: Stream;
  /** Lets what is under way end, within bounds, and stops PostgreSQL if it is ours. Stopping twice is fine. */
  stop(): Promise<void>;
}

/** Commits under way at a time: while one is, the other lanes' code runs. */
const lanes = 2;

/**
 * Runs the whole system in this process. Resolves when everything runs.
 * @throws AddressUnavailableError, NodeTooOldError, DataDirectoryInUseError and what else `EmbeddedDatabase.start` throws; DatabaseNewerError
 */
export async function startStandalone(options: StandaloneOptions): Promise<RunningStandalone> {
  const logger = options.logger ?? new MarathonLogger();
  if (logger) Logger.overrideLogger(logger);
  const log = createLog('Database');
  const database = embeddedDatabase(options, log);
  await database?.start();
  try {
    const connectionString = options.memory ? undefined : (options.databaseUrl ?? database?.connectionString);
    const processName = `standalone-${process.pid}-${randomBytes(3).toString('hex')}`;
    const storage =
      connectionString === undefined
        ? memoryStorage()
        : postgresStorage({ connectionString, processName, lanes, clock: new SystemClock(), log });
    const stream = new InProcessStream({ hints: [eventsTopic, repliesTopic, activityCancellationsTopic, deadLetterTopic] });
    const { port = 8_080, modules = [], activities, taskQueues, residentRuns, corsOrigins, adapt = (adapters) => adapters } = options;
    const adapters = adapt({ storage, stream });
    const providers = await provideWorkflows(modules);
    const workflows = [...options.workflows, ...providers.workflows];
    const { build } = new Definitions(workflows);
    const system = await compose({
      port,
      corsOrigins,
      processName,
      workflows,
      taskQueues,
      activities,
      ...adapters,
      build,
      ...(residentRuns !== undefined && { residentRuns }),
      turnMonitor: watchdog(connectionString, build),
      ...(logger && { logger }),
    });
    const stop = async () => {
      await system.stop();
      await providers.close();
      await database?.stop();
    };
    await system.started.catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return { url: system.url, stream: adapters.stream, stop };
  } catch (error) {
    await database?.stop();
    throw error;
  }
}

function embeddedDatabase({ databaseUrl, dataDirectory = '.marathon', memory }: StandaloneOptions, log: Log): EmbeddedDatabase | undefined {
  if (memory || databaseUrl !== undefined) return undefined;
  return new EmbeddedDatabase({ dataDirectory: path.resolve(dataDirectory), log });
}

/** Without a database nobody has to know which run held the process: the run ends with it. */
function watchdog(connectionString: string | undefined, build: string): Watchdog {
  if (connectionString === undefined) return new Watchdog();
  const data: UnresponsiveRunHandlerData = { connectionString, build };
  return new Watchdog({ handler: { module: unresponsiveRunHandler, data } });
}
