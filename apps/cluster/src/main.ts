// `npm run cluster`: the roles as processes of their own, over a real Kafka, with the example workflow.
import { once } from 'node:events';
import { MarathonError } from '@marathon/core';
import { createLog, databaseUrl, endedByUser, hostVariables, list, MarathonLogger, readEnvironment, wholeNumber } from '@marathon/host';
import { runExample } from '@marathon/standalone';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { Cluster } from './cluster.js';
import { readCommandLine } from './command-line.js';
import { roles } from './roles.js';

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const ended = endedByUser();
  const commandLine = readCommandLine(process.argv.slice(2));
  const environment = readEnvironment(process.env, {
    ...hostVariables,
    MARATHON_PORT: wholeNumber(0, 65_535).default(8_080).describe('the port of the first gateway'),
    MARATHON_DATA: z.string().default('.marathon/cluster').describe('where PostgreSQL and Kafka keep their data'),
    MARATHON_DATABASE_URL: databaseUrl().optional().describe('a PostgreSQL that runs already, instead of one of our own'),
    KAFKA_BROKERS: list()
      .optional()
      .describe('a Kafka that runs already, instead of one of our own; the other KAFKA_ variables are passed on'),
  });
  const { MARATHON_LOG_LEVEL: level, MARATHON_LOG_FORMAT: format = 'text', MARATHON_DATABASE_URL: database } = environment;
  Logger.overrideLogger(new MarathonLogger({ level, format }));
  const logging = { MARATHON_LOG_LEVEL: level, MARATHON_LOG_FORMAT: format, ...(!process.stdout.isTTY && { NO_COLOR: '1' }) };
  const cluster = new Cluster({
    dataDirectory: commandLine.data ?? environment.MARATHON_DATA,
    port: commandLine.port ?? environment.MARATHON_PORT,
    processes: { 'api-gateway': commandLine.gateways, orchestrator: commandLine.orchestrators, 'activity-worker': commandLine.workers },
    partitions: commandLine.partitions,
    ...(database !== undefined && { databaseUrl: database }),
    ...(environment.KAFKA_BROKERS && { brokers: environment.KAFKA_BROKERS }),
    environment: Object.fromEntries(roles.map((role) => [role, logging])),
    print,
    log: createLog('Cluster'),
  });
  const stopped = stopWhenAsked(cluster, ended);
  try {
    print(`${'cluster'.padEnd(17)} | started   pid ${process.pid}`);
    await cluster.start();
    print(`PostgreSQL on ${shown(cluster.databaseUrl)}   Kafka on ${cluster.brokers.join(', ')}`);
    if (commandLine.example) await runExample(cluster.url, print);
    print(`\nMarathon serves on ${cluster.url}   API: ${cluster.url}/docs   health: ${cluster.url}/health/ready\nCtrl-C ends it.\n`);
  } catch (error) {
    if (!ended.aborted) {
      await cluster.stop();
      throw error;
    }
  }
  await stopped;
}

/** Over TCP: for tools. */
function shown(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.password = '';
  url.search = '';
  return url.href;
}

async function stopWhenAsked(cluster: Cluster, ended: AbortSignal): Promise<never> {
  if (!ended.aborted) await once(ended, 'abort');
  print('\nshutting down');
  await cluster.stop();
  return process.exit(0);
}

main().catch((error: unknown) => {
  console.error(error instanceof MarathonError ? `${error.code}: ${error.message}` : error);
  process.exit(1);
});
