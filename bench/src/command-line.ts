import { Command, InvalidArgumentError, Option } from 'commander';
import type { RunOptions } from './run.js';
import { modes, type ServeOptions } from './serve.js';
import { workloadNames } from './workloads.js';

export interface Actions {
  serve(options: ServeOptions): Promise<void>;
  run(options: RunOptions): Promise<void>;
}

/** `npm run bench -- …`; an argument that makes no sense is named on stderr, and ends the process. */
export function commandLine(actions: Actions): Command {
  const bench = new Command('bench')
    .description('Measures Marathon through its HTTP API.')
    .showHelpAfterError('(--help shows the options)');
  bench
    .command('run')
    .description('start a system on fresh data, load it, and print one line of JSON')
    .addOption(mode())
    .addOption(new Option('--workload <name>', 'what each workflow does').choices(workloadNames).makeOptionMandatory())
    .option('--concurrency <count>', 'workflows in flight', wholeFrom(1), 1)
    .option('--seconds <count>', 'length of the window', positive, 10)
    .option('--warmup <count>', 'seconds of load before the window', positive, 3)
    .option('--data <directory>', 'where the fresh data directory is made (default: among temporary files)')
    .option('--cpu-prof <directory>', 'write CPU profiles of the system’s processes there')
    .action((options: RunOptions) => actions.run(options));
  bench
    .command('serve')
    .description('keep a system listening with the workflows bench.w1 … registered')
    .addOption(mode())
    .requiredOption('--port <port>', 'where the HTTP API listens; 0 takes a free one', port)
    .requiredOption('--data <directory>', 'where PostgreSQL, and Kafka, keep their data')
    .action((options: ServeOptions) => actions.serve(options));
  return bench;
}

const mode = (): Option =>
  new Option('--mode <mode>', 'in one process, or as one process of each role over Kafka').choices(modes).default('embedded');

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError('it must be a number of seconds above 0.');
  return value;
}

const wholeFrom =
  (min: number, max = 10_000) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max)
      throw new InvalidArgumentError(`it must be a whole number from ${min} to ${max}.`);
    return value;
  };

const port = wholeFrom(0, 65_535);
