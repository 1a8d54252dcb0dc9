import {
  type Application,
  createLog,
  duration,
  type Environment,
  healthVariables,
  hostVariables,
  kafkaSettings,
  kafkaVariables,
  list,
  MarathonLogger,
  processName,
  readEnvironment,
  runApplication,
  startMicroservice,
  wholeNumber,
} from '@marathon/host';
import { KafkaTransport } from '@marathon/kafka';
import { Logger, type ModuleMetadata, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { ActivityWorkerProcessModule } from './activity-worker-process.module.js';

export interface RunActivityWorkerOptions {
  /** Classes with `@Activity()` methods that need nothing injected but one another. */
  readonly activities?: readonly Type[];
  /** Modules that provide such classes, with what these need. */
  readonly modules?: NonNullable<ModuleMetadata['imports']>;
  /** Where MARATHON_TASK_QUEUES names none. Default `['default']`. */
  readonly taskQueues?: readonly string[];
}

/** What a worker needs after its drain (last reports, leaving its groups), and what the process needs besides. */
const afterDrainMs = 18_000;
const afterWorkerMs = 2_000;

export const activityWorkerVariables = {
  ...hostVariables,
  ...healthVariables,
  ...kafkaVariables,
  MARATHON_TASK_QUEUES: list().optional().describe('the queues whose tasks it takes, with commas between them'),
  MARATHON_MAX_CONCURRENT: wholeNumber(1, 100_000).default(100).describe('attempts that run at once'),
  MARATHON_DRAIN_TIMEOUT: duration()
    .default(10_000)
    .describe('how long a stopping worker waits for its attempts before it hands them back, such as 10s'),
};

/**
 * A process that runs these activities, by the environment (`docs/reference/configuration.md`): it returns when the process was asked
 * to end and has.
 */
export function runActivityWorker(options: RunActivityWorkerOptions): Promise<void> {
  return runApplication(() => startActivityWorker(options, readEnvironment(process.env, activityWorkerVariables)));
}

async function startActivityWorker(
  { activities = [], modules = [], taskQueues = ['default'] }: RunActivityWorkerOptions,
  environment: Environment<typeof activityWorkerVariables>,
): Promise<Application> {
  const logger = new MarathonLogger({ level: environment.MARATHON_LOG_LEVEL, format: environment.MARATHON_LOG_FORMAT });
  Logger.overrideLogger(logger);
  const name = processName('activity-worker');
  const workerStopMs = environment.MARATHON_DRAIN_TIMEOUT + afterDrainMs;
  const transport = new KafkaTransport({ ...kafkaSettings(environment), clientId: name, log: createLog('Kafka') });
  const module = ActivityWorkerProcessModule.forRoot({
    worker: {
      identity: name,
      taskQueues: environment.MARATHON_TASK_QUEUES ?? taskQueues,
      maxConcurrent: environment.MARATHON_MAX_CONCURRENT,
      drainTimeoutMs: environment.MARATHON_DRAIN_TIMEOUT,
    },
    stopTimeoutMs: workerStopMs,
    activities,
    modules,
    stream: transport.stream,
  });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, { strategy: transport, logger });
  return startMicroservice(app, {
    host: environment.MARATHON_HOST,
    port: environment.MARATHON_HEALTH_PORT,
    stopTimeoutMs: workerStopMs + afterWorkerMs,
  });
}
