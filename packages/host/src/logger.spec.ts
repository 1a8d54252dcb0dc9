import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createLog, type LoggerOptions, MarathonLogger } from './logger.js';

afterEach(() => {
  jest.restoreAllMocks();
  Logger.overrideLogger(false);
});

/** What `write` leaves on standard output and standard error. */
function linesOf(options: LoggerOptions, write: () => void): string[] {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
  }
  Logger.overrideLogger(new MarathonLogger(options));
  write();
  jest.restoreAllMocks();
  return lines;
}

describe('the logger', () => {
  it('writes one JSON object a line for machines, fields as members, errors with stack and causes', () => {
    const lines = linesOf({ format: 'json' }, () => {
      new Logger('Gateway').log('listens', { port: 8_080, message: 'is not overwritten' });
      createLog('Engine').error('a shard was lost', { shard: 3 });
      new Logger('Worker').warn('an activity failed', new TypeError('no', { cause: new Error('why') }), { attempt: 2 });
    });
    const records = lines.map((line) => JSON.parse(line));
    expect(records[0]).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: 'info',
      pid: process.pid,
      message: 'listens',
      context: 'Gateway',
      port: 8_080,
    });
    expect(records[1]).toMatchObject({ level: 'error', message: 'a shard was lost', context: 'Engine', shard: 3 });
    expect(records[2]).toMatchObject({
      level: 'warn',
      message: 'an activity failed',
      attempt: 2,
      error: { name: 'TypeError', stack: expect.stringContaining('logger.spec'), cause: { message: 'why' } },
    });
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });

  it('writes readable lines for people', () => {
    const [line] = linesOf({ format: 'text' }, () => new Logger('Gateway').log('listens', { port: 8_080 }));
    expect(stripVTControlCharacters(line ?? '')).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}\[Gateway\] listens \{ port: 8080 \}\n$/);
  });

  it('leaves out what is below its level', () => {
    const lines = linesOf({ format: 'json', level: 'warn' }, () => {
      const log = createLog('Engine');
      log.info('one');
      log.warn('two');
      log.error('three');
    });
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['two', 'three']);
  });
});
