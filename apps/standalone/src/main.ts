// `npm start`: the whole system in one process, with the example workflow.
import { MarathonError } from '@marathon/core';
import { hostVariables, MarathonLogger, readEnvironment, wholeNumber } from '@marathon/host';
import { order } from '@marathon/orchestrator';
import { z } from 'zod';
import { readCommandLine } from './command-line.js';
import { runExample } from './example-run.js';
import { startStandalone } from './start-standalone.js';

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const commandLine = readCommandLine(process.argv.slice(2));
  const environment = readEnvironment(process.env, {
    ...hostVariables,
    MARATHON_PORT: wholeNumber(0, 65_535).default(8_080).describe('the port of the HTTP API'),
    MARATHON_DATA: z.string().default('.marathon').describe('where the embedded PostgreSQL keeps its data'),
    MARATHON_DATABASE_URL: z.string().optional().describe('a PostgreSQL that runs already, instead of the embedded one'),
  });
  const { MARATHON_DATABASE_URL: databaseUrl, MARATHON_LOG_LEVEL: level, MARATHON_LOG_FORMAT: format } = environment;
  const system = await startStandalone({
    port: commandLine.port ?? environment.MARATHON_PORT,
    dataDirectory: commandLine.data ?? environment.MARATHON_DATA,
    ...(databaseUrl !== undefined && { databaseUrl }),
    workflows: [order],
    activities: [],
    logger: new MarathonLogger({ level, format }),
  });
  stopOnSignal(system.stop);
  if (commandLine.example) await runExample(system.url, print);
  print(`\nMarathon serves on ${system.url}   API: ${system.url}/docs   health: ${system.url}/health/ready\nCtrl-C ends it.\n`);
}

/** The second signal ends the process at once. */
function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      print(`\n${signal}: shutting down`);
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof MarathonError ? `${error.code}: ${error.message}` : error);
  process.exit(1);
});
