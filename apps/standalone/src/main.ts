// `npm start`: the whole system in one process, with the example workflow.
import { once } from 'node:events';
import { OrderActivities, Pricing } from '@marathon/activity-worker';
import { originVariables } from '@marathon/api-gateway';
import { MarathonError } from '@marathon/core';
import { databaseUrl, endedByUser, hostVariables, MarathonLogger, readEnvironment, wholeNumber } from '@marathon/host';
import { order } from '@marathon/orchestrator';
import { z } from 'zod';
import { readCommandLine } from './command-line.js';
import { runExample } from './example-run.js';
import { type RunningStandalone, startStandalone } from './start-standalone.js';

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const ended = endedByUser();
  const commandLine = readCommandLine(process.argv.slice(2));
  const environment = readEnvironment(process.env, {
    ...hostVariables,
    MARATHON_PORT: wholeNumber(0, 65_535).default(8_080).describe('the port of the HTTP API'),
    ...originVariables,
    MARATHON_DATA: z.string().default('.marathon').describe('where the embedded PostgreSQL keeps its data'),
    MARATHON_DATABASE_URL: databaseUrl().optional().describe('a PostgreSQL that runs already, instead of the embedded one'),
  });
  const { MARATHON_DATABASE_URL: address, MARATHON_LOG_LEVEL: level, MARATHON_LOG_FORMAT: format } = environment;
  // Nothing is worth an orderly end before everything runs; PostgreSQL ends with the process.
  ended.onabort = () => process.exit(0);
  const system = await startStandalone({
    port: commandLine.port ?? environment.MARATHON_PORT,
    dataDirectory: commandLine.data ?? environment.MARATHON_DATA,
    ...(address !== undefined && { databaseUrl: address }),
    memory: commandLine.memory ?? false,
    ...(environment.MARATHON_CORS_ORIGINS && { corsOrigins: environment.MARATHON_CORS_ORIGINS }),
    workflows: [order],
    activities: [OrderActivities, Pricing],
    logger: new MarathonLogger({ level, format }),
  });
  ended.onabort = null;
  void stopWhenAsked(system, ended);
  if (commandLine.example) await runExample(system.url, print).catch((error: unknown) => ended.aborted || Promise.reject(error));
  if (ended.aborted) return;
  print(
    `\nMarathon serves on ${system.url}   API: ${system.url}/docs   health: ${system.url}/health/ready\nCtrl-C ends it${commandLine.memory ? ', and all that it holds: it keeps everything in memory' : ''}.\n`,
  );
}

async function stopWhenAsked(system: RunningStandalone, ended: AbortSignal): Promise<void> {
  if (!ended.aborted) await once(ended, 'abort');
  print('\nshutting down');
  await system.stop();
  process.exit(0);
}

main().catch((error: unknown) => {
  console.error(error instanceof MarathonError ? `${error.code}: ${error.message}` : error);
  process.exit(1);
});
