import { Command, InvalidArgumentError, Option } from 'commander';

export interface CommandLine {
  readonly port?: number;
  readonly data?: string;
  readonly memory?: true;
  readonly example: boolean;
}

/** Reads the arguments of `npm start`; prints the help, or what is wrong, and ends the process where commander does. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const command = new Command('marathon')
    .description('Gateway, orchestrator and activity worker in one process, with a PostgreSQL of its own.')
    .option('--port <port>', 'the port of the HTTP API (MARATHON_PORT, 8080)', wholePort)
    .option('--data <directory>', 'where PostgreSQL keeps its data (MARATHON_DATA, .marathon)')
    .addOption(new Option('--memory', 'keep everything in memory, without a PostgreSQL: nothing outlives the process').conflicts('data'))
    .option('--no-example', 'serve only, without running the example workflow')
    .allowExcessArguments(false)
    .showHelpAfterError();
  return command.parse([...args], { from: 'user' }).opts<CommandLine>();
}

function wholePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
  return Number(text);
}
