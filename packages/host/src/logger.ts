import type { Log } from '@marathon/core';
import { ConsoleLogger, Logger, type LogLevel as NestLogLevel } from '@nestjs/common';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export interface LoggerOptions {
  /** Default `info`. */
  readonly level?: LogLevel | undefined;
  /** Default: `text` on a terminal, `json` elsewhere. */
  readonly format?: LogFormat | undefined;
}

/** Each level, as Nest calls it, with those above it. */
const nestLevels: Readonly<Record<LogLevel, NestLogLevel[]>> = {
  debug: ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'],
  info: ['log', 'warn', 'error', 'fatal'],
  warn: ['warn', 'error', 'fatal'],
  error: ['error', 'fatal'],
};

const nestWiring = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'NestMicroservice', 'RouterExplorer', 'RoutesResolver']);

/**
 * The logger of a process, for `app.useLogger()`: a readable line for people, one JSON object a line for machines. Fields given
 * after a message, `logger.log('started', { port })`, become members of that object; an error becomes its `error`, with stack and causes.
 */
export class MarathonLogger extends ConsoleLogger {
  constructor({ level = 'info', format = process.stdout.isTTY ? 'text' : 'json' }: LoggerOptions = {}) {
    super({ json: format === 'json', flattenParams: true, logLevels: nestLevels[level] });
  }

  /** What Nest says of its own wiring is for those who look for it. */
  override log(message: unknown, ...rest: unknown[]): void {
    if (nestWiring.has(String(rest.at(-1)))) super.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  protected override getJsonLogObject(
    ...[message, options]: Parameters<ConsoleLogger['getJsonLogObject']>
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    const { level, timestamp, ...rest } = super.getJsonLogObject(message, options);
    return { time: new Date(timestamp as number).toISOString(), level: levelName(options.logLevel), ...rest } as unknown as ReturnType<
      ConsoleLogger['getJsonLogObject']
    >;
  }

  protected override formatMessage(...[level, message, , , context, , params]: Parameters<ConsoleLogger['formatMessage']>): string {
    const fields = params ? ` ${this.stringifyParams(params)}` : '';
    const head = this.colorize(levelName(level).toUpperCase().padEnd(5), level);
    return `${new Date().toISOString().slice(11, 23)} ${head} ${context}${this.stringifyMessage(message, level)}${fields}\n`;
  }
}

/** How the engine logs: through the logger of the application, under `context`. */
export function createLog(context: string): Log {
  const logger = new Logger(context);
  return {
    info: (message, fields) => logger.log(message, ...(fields ? [fields] : [])),
    warn: (message, fields) => logger.warn(message, ...(fields ? [fields] : [])),
    error: (message, fields) => logger.error(message, ...(fields ? [fields] : [])),
  };
}

const levelName = (level: NestLogLevel): string => (level === 'log' ? 'info' : level);
