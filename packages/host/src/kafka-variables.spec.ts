import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repliesTopic, workflowTopic } from '@marathon/protocol';
import { EnvironmentError, readEnvironment } from './environment.js';
import { kafkaSettings, kafkaVariables } from './kafka-variables.js';

const settingsOf = (source: Record<string, string>) =>
  kafkaSettings(readEnvironment({ KAFKA_BROKERS: 'a:9092', ...source }, kafkaVariables));

function problemsOf(source: Record<string, string>): string {
  try {
    settingsOf(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems.join('; ');
    throw error;
  }
  return '';
}

describe('the settings of Kafka', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'marathon-tls-'));
    writeFileSync(path.join(directory, 'ca.pem'), 'an authority');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('are brokers alone, in the plain', () => {
    const { partitionsOf, ...settings } = settingsOf({ KAFKA_BROKERS: 'a:9092, b:9093' });
    expect(settings).toEqual({ brokers: ['a:9092', 'b:9093'], replicationFactor: 1 });
    expect(partitionsOf(workflowTopic('orders'))).toBe(8);
  });

  it('give gateways a partition of replies each, however few the others have', () => {
    const { partitionsOf } = settingsOf({ MARATHON_PARTITIONS: '2' });
    expect([partitionsOf(workflowTopic('orders')), partitionsOf(repliesTopic)]).toEqual([2, 16]);
  });

  it('hold what TLS files contain, and the login', () => {
    const file = path.join(directory, 'ca.pem');
    const login = { KAFKA_SASL_MECHANISM: 'scram-sha-256', KAFKA_SASL_USERNAME: 'ada', KAFKA_SASL_PASSWORD: 'secret' };
    expect(settingsOf({ KAFKA_TLS: 'true' })).toMatchObject({ tls: {} });
    expect(settingsOf({ KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: file, ...login })).toMatchObject({
      tls: { ca: 'an authority' },
      sasl: { mechanism: 'scram-sha-256', username: 'ada', password: 'secret' },
    });
  });

  it.each([
    [{ KAFKA_BROKERS: 'a' }, 'KAFKA_BROKERS is no list of host:port'],
    [{ KAFKA_BROKERS: '' }, 'KAFKA_BROKERS is missing'],
    [{ KAFKA_TLS: 'yes' }, 'KAFKA_TLS is neither true nor false'],
    [{ KAFKA_TLS_CA_FILE: 'ca.pem' }, 'KAFKA_TLS_CA_FILE is of no use without KAFKA_TLS=true'],
    [{ KAFKA_TLS: 'true', KAFKA_TLS_KEY_FILE: '/nowhere' }, 'KAFKA_TLS_KEY_FILE names a file that cannot be read'],
    [{ KAFKA_SASL_MECHANISM: 'gssapi' }, 'KAFKA_SASL_MECHANISM is none of plain, scram-sha-256, scram-sha-512'],
    [{ KAFKA_SASL_USERNAME: 'ada' }, 'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together'],
  ])('are refused for %j, by name', (source, problem) => expect(problemsOf(source)).toContain(problem));
});
