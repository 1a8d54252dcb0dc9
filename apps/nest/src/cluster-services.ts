import type { ActivityWorker } from '@marathon/activity';
import { activityWorkerVariables } from '@marathon/activity-worker';
import { Definitions, type Stream } from '@marathon/core';
import { Watchdog } from '@marathon/guards';
import {
  createLog,
  type Environment,
  kafkaSettings,
  type NamedService,
  processName,
  type Readiness,
  readEnvironment,
  StreamMessagePublisher,
  SystemClock,
} from '@marathon/host';
import { KafkaStream } from '@marathon/kafka';
import { Orchestrator, orchestratorVariables, provideWorkflows } from '@marathon/orchestrator';
import { postgresStorage, unresponsiveRunHandler } from '@marathon/postgres';
import { urlVariable } from './gateway-url.js';
import type { MarathonModuleOptions } from './marathon.options.js';

const variables = {
  ...urlVariable,
  ...activityWorkerVariables,
  ...orchestratorVariables,
  MARATHON_URL: urlVariable.MARATHON_URL.optional(),
  MARATHON_DATABASE_URL: orchestratorVariables.MARATHON_DATABASE_URL.optional(),
  // Default: the gateway of the client.
  MARATHON_GATEWAY_URL: orchestratorVariables.MARATHON_GATEWAY_URL.unwrap().optional(),
};
type Settings = Environment<typeof variables>;

export interface ClusterCode {
  /** Makes the worker, where there are activities. */
  readonly activityWorker:
    | ((stream: Stream, settings: { taskQueues: readonly string[]; maxConcurrent: number; drainTimeoutMs: number }) => ActivityWorker)
    | undefined;
}

/** Commits under way at a time: while one is, the other lanes' code runs. */
const lanes = 2;
/** What a worker needs after its drain. */
const afterDrainMs = 18_000;

/**
 * What this application runs over Kafka, in the order in which it starts.
 * @throws EnvironmentError naming every variable that is missing or wrong
 */
export async function clusterServices(
  { activityWorker }: ClusterCode,
  options: MarathonModuleOptions,
  readiness: Readiness,
): Promise<readonly NamedService[]> {
  const hasWorkflows = (options.workflows?.length ?? 0) + (options.modules?.length ?? 0) > 0;
  const settings = readEnvironment(process.env, hasWorkflows ? { ...variables, ...databaseVariable } : variables);
  const name = processName('nest');
  const stream = new KafkaStream({ ...kafkaSettings(settings), clientId: name, log: createLog('Kafka') });
  readiness.add('stream', () => stream.isUsable());
  const taskQueues = settings.MARATHON_TASK_QUEUES ?? options.taskQueues ?? ['default'];
  const services: NamedService[] = [{ name: 'stream', service: stream }];
  if (hasWorkflows) services.push(...(await orchestratorServices(settings, { ...options, taskQueues }, stream, name, readiness)));
  if (activityWorker) {
    const drainTimeoutMs = settings.MARATHON_DRAIN_TIMEOUT;
    const worker = activityWorker(stream, { taskQueues, maxConcurrent: settings.MARATHON_MAX_CONCURRENT, drainTimeoutMs });
    services.push({ name: 'activity worker', service: worker, stopTimeoutMs: drainTimeoutMs + afterDrainMs });
  }
  return services;
}

const databaseVariable = { MARATHON_DATABASE_URL: orchestratorVariables.MARATHON_DATABASE_URL };

async function orchestratorServices(
  settings: Settings,
  { workflows: definitions = [], modules = [], taskQueues = [], url = settings.MARATHON_URL }: MarathonModuleOptions,
  stream: Stream,
  name: string,
  readiness: Readiness,
): Promise<readonly NamedService[]> {
  const connectionString = settings.MARATHON_DATABASE_URL as string;
  const providers = await provideWorkflows(modules);
  const workflows = [...definitions, ...providers.workflows];
  const { build } = new Definitions(workflows);
  const clock = new SystemClock();
  const storage = postgresStorage({ connectionString, processName: name, lanes, clock, log: createLog('Database') });
  readiness.add('database', () => storage.isUsable());
  const turnMonitor = new Watchdog({ handler: { module: unresponsiveRunHandler, data: { connectionString, build } } });
  const { laneStores, store, outbox, runIntake, runReader, limits, definitionRegistry, secrets, payloads } = storage;
  const stored = { laneStores, store, outbox, runIntake, runReader, limits, definitionRegistry, payloads };
  const access = { secrets, gatewayUrl: () => settings.MARATHON_GATEWAY_URL ?? url };
  const orchestrator = new Orchestrator(
    { ...stored, stream, clock, turnMonitor, processName: name, publisher: new StreamMessagePublisher(stream, access) },
    {
      workflows,
      build,
      taskQueues,
      residentRuns: settings.MARATHON_RESIDENT_RUNS,
      sweepAgeMs: settings.MARATHON_SWEEP_AGE,
      resendAfterMs: settings.MARATHON_RESEND_AFTER,
      historyEventsMax: settings.MARATHON_HISTORY_EVENTS_MAX,
      queueWindow: settings.MARATHON_QUEUE_WINDOW,
    },
  );
  return [
    { name: 'services of workflows', service: { start: async () => {}, stop: () => providers.close() } },
    { name: 'database', service: storage },
    { name: 'watchdog', service: turnMonitor },
    { name: 'orchestrator', service: orchestrator },
  ];
}
