import { describe, expect, it } from '@jest/globals';
import { databaseUrl, duration, EnvironmentError, list, readEnvironment, wholeNumber } from './environment.js';
import { hostVariables } from './host-variables.js';

const variables = {
  MARATHON_PORT: wholeNumber(0, 65_535).default(8_080).describe('the port of the HTTP API'),
  MARATHON_DRAIN_TIMEOUT: duration().default(10_000),
  MARATHON_TASK_QUEUES: list().optional(),
  MARATHON_DATABASE_URL: databaseUrl().describe('where PostgreSQL is'),
};

function problemsOf(source: Record<string, string>): readonly string[] {
  try {
    readEnvironment(source, variables);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  it('is read by name, with defaults, and an empty variable is none', () => {
    const source = {
      MARATHON_DATABASE_URL: 'postgres://here',
      MARATHON_PORT: '',
      MARATHON_DRAIN_TIMEOUT: '2m',
      MARATHON_TASK_QUEUES: 'a, b,',
      PATH: '/bin',
    };
    expect(readEnvironment(source, variables)).toEqual({
      MARATHON_DATABASE_URL: 'postgres://here',
      MARATHON_PORT: 8_080,
      MARATHON_DRAIN_TIMEOUT: 120_000,
      MARATHON_TASK_QUEUES: ['a', 'b'],
    });
  });

  it('is refused as a whole, every variable named with its remedy, and no value shown', () => {
    const source = { MARATHON_DATABASE_URL: 'mysql://me:secret@here', MARATHON_PORT: '70000', MARATHON_DRAIN_TIMEOUT: '10 s' };
    expect(problemsOf(source)).toEqual([
      'MARATHON_PORT is not from 0 to 65535 (the port of the HTTP API)',
      'MARATHON_DRAIN_TIMEOUT is not a duration such as 500ms, 30s, 5m, 2h or 1d',
      'MARATHON_DATABASE_URL is not an address such as postgresql://user:password@host:5432/database (where PostgreSQL is)',
    ]);
    expect(() => readEnvironment(source, variables)).toThrow(
      expect.objectContaining({ code: 'MARATHON_ENVIRONMENT_INVALID', message: expect.not.stringContaining('secret') }),
    );
  });

  it('lacks a variable that has no default', () => {
    expect(problemsOf({})).toEqual(['MARATHON_DATABASE_URL is missing (where PostgreSQL is)']);
  });

  it('knows no other variable of Marathon, and says which one was meant', () => {
    const source = { MARATHON_DATABASE_URL: 'postgres://here', MARATHON_PROT: '1', MARATHON_COLOUR: 'red', MARATHON_EMPTY: '' };
    expect(problemsOf(source)).toEqual([
      'MARATHON_PROT is unknown here: did you mean MARATHON_PORT?',
      'MARATHON_COLOUR is unknown here: known are MARATHON_PORT, MARATHON_DRAIN_TIMEOUT, MARATHON_TASK_QUEUES, MARATHON_DATABASE_URL',
    ]);
  });

  it.each(['-1', '1.5', '1e3', ' 1', '9999999999999999'])('takes "%s" for no whole number', (text) => {
    expect(wholeNumber(0, 10).safeParse(text).success).toBe(false);
  });

  it('says how every process logs', () => {
    expect(readEnvironment({}, hostVariables)).toEqual({ MARATHON_LOG_LEVEL: 'info', MARATHON_LOG_FORMAT: undefined });
    expect(() => readEnvironment({ MARATHON_LOG_LEVEL: 'loud' }, hostVariables)).toThrow(
      'MARATHON_LOG_LEVEL is none of debug, info, warn, error',
    );
  });
});
