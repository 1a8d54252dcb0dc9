import { type AnyWorkflowDefinition, Definitions } from '@marathon/core';
import { Watchdog } from '@marathon/guards';
import {
  type Application,
  createLog,
  databaseVariables,
  duration,
  type Environment,
  healthVariables,
  hostVariables,
  httpUrl,
  kafkaSettings,
  kafkaVariables,
  list,
  MarathonLogger,
  processName,
  readEnvironment,
  runApplication,
  SystemClock,
  startMicroservice,
  wholeNumber,
} from '@marathon/host';
import { KafkaTransport } from '@marathon/kafka';
import { postgresStorage, unresponsiveRunHandler } from '@marathon/postgres';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { OrchestratorProcessModule } from './orchestrator-process.module.js';
import { type Modules, provideWorkflows } from './workflow-providers.js';

export interface RunOrchestratorOptions {
  /** What it can run, for all its task queues. */
  readonly workflows?: readonly AnyWorkflowDefinition[];
  /** Modules that provide further ones: classes with `@Workflow()`, and the services that these need. */
  readonly modules?: Modules;
  /** Where MARATHON_TASK_QUEUES names none. Default `['default']`. */
  readonly taskQueues?: readonly string[];
}

export const orchestratorVariables = {
  ...hostVariables,
  ...healthVariables,
  ...kafkaVariables,
  ...databaseVariables,
  MARATHON_TASK_QUEUES: list().optional().describe('the queues whose runs it drives, with commas between them'),
  MARATHON_RESIDENT_RUNS: wholeNumber(0, 1_000_000).default(10_000).describe('runs kept in memory with their code'),
  MARATHON_SWEEP_AGE: duration().default(10_000).describe('how old an outbox entry is that a dead process left, such as 10s'),
  MARATHON_HISTORY_EVENTS_MAX: wholeNumber(1_000, 1_000_000).default(50_000).describe('events that a run may have before it is suspended'),
  MARATHON_GATEWAY_URL: httpUrl()
    .default('http://127.0.0.1:8080')
    .describe('where activity workers reach a gateway, such as http://gateway:8080'),
  MARATHON_QUEUE_WINDOW: wholeNumber(1, 10_000)
    .default(100)
    .describe('attempts of a queue with a priority or fairness key alone that are at workers at a time'),
  MARATHON_RESEND_AFTER: duration().default(600_000).describe('how long an attempt may be silent before it is offered again, such as 10m'),
};

/** Commits under way at a time: while one is, the other lanes' code runs. */
const lanes = 2;

/**
 * A process that drives the runs of these workflows, by the environment (`docs/reference/configuration.md`): it returns when the
 * process was asked to end and has. Node is started with `--import @marathon/guards/register`.
 */
export function runOrchestrator(options: RunOrchestratorOptions): Promise<void> {
  return runApplication(() => startOrchestrator(options, readEnvironment(process.env, orchestratorVariables)));
}

async function startOrchestrator(
  { workflows: definitions = [], modules = [], taskQueues = ['default'] }: RunOrchestratorOptions,
  environment: Environment<typeof orchestratorVariables>,
): Promise<Application> {
  const logger = new MarathonLogger({ level: environment.MARATHON_LOG_LEVEL, format: environment.MARATHON_LOG_FORMAT });
  Logger.overrideLogger(logger);
  const name = processName('orchestrator');
  const connectionString = environment.MARATHON_DATABASE_URL;
  const providers = await provideWorkflows(modules);
  const workflows = [...definitions, ...providers.workflows];
  const { build } = new Definitions(workflows);
  const transport = new KafkaTransport({ ...kafkaSettings(environment), clientId: name, log: createLog('Kafka') });
  const module = OrchestratorProcessModule.forRoot({
    processName: name,
    orchestrator: {
      workflows,
      build,
      taskQueues: environment.MARATHON_TASK_QUEUES ?? taskQueues,
      residentRuns: environment.MARATHON_RESIDENT_RUNS,
      sweepAgeMs: environment.MARATHON_SWEEP_AGE,
      resendAfterMs: environment.MARATHON_RESEND_AFTER,
      historyEventsMax: environment.MARATHON_HISTORY_EVENTS_MAX,
      queueWindow: environment.MARATHON_QUEUE_WINDOW,
    },
    storage: postgresStorage({ connectionString, processName: name, lanes, clock: new SystemClock(), log: createLog('Database') }),
    stream: transport.stream,
    gatewayUrl: environment.MARATHON_GATEWAY_URL,
    turnMonitor: new Watchdog({ handler: { module: unresponsiveRunHandler, data: { connectionString, build } } }),
  });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, { strategy: transport, logger });
  const application = await startMicroservice(app, { host: environment.MARATHON_HOST, port: environment.MARATHON_HEALTH_PORT });
  const stop = async () => {
    await application.stop();
    await providers.close();
  };
  return { ...application, stop };
}
