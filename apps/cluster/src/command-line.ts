import { Command, InvalidArgumentError } from 'commander';

export interface CommandLine {
  readonly gateways: number;
  readonly orchestrators: number;
  readonly workers: number;
  readonly partitions: number;
  readonly port?: number;
  readonly data?: string;
  readonly example: boolean;
}

/** Reads the arguments of `npm run cluster`; prints the help, or what is wrong, and ends the process where commander does. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const command = new Command('cluster')
    .description('Gateways, orchestrators and activity workers as processes of this machine, with a PostgreSQL and a Kafka of their own.')
    .option('--gateways <n>', 'how many api-gateways', from(1), 1)
    .option('--orchestrators <n>', 'how many orchestrators', from(1), 2)
    .option('--workers <n>', 'how many activity-workers', from(0), 2)
    .option('--partitions <n>', 'how many partitions the topics get when they are created', from(1), 8)
    .option('--port <port>', 'the port of the first gateway (MARATHON_PORT, 8080)', wholePort)
    .option('--data <directory>', 'where PostgreSQL and Kafka keep their data (MARATHON_DATA, .marathon/cluster)')
    .option('--no-example', 'serve only, without running the example workflow')
    .allowExcessArguments(false)
    .showHelpAfterError();
  return command.parse([...args], { from: 'user' }).opts<CommandLine>();
}

const from =
  (min: number) =>
  (text: string): number => {
    if (!/^\d{1,3}$/.test(text) || Number(text) < min) throw new InvalidArgumentError(`a whole number from ${min} to 999.`);
    return Number(text);
  };

function wholePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
  return Number(text);
}
