import { readFileSync } from 'node:fs';
import { repliesTopic } from '@marathon/protocol';
import { z } from 'zod';
import { type Environment, EnvironmentError, type EnvironmentVariables, list, wholeNumber } from './environment.js';

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** What every process reads that speaks over Kafka. */
export const kafkaVariables = {
  KAFKA_BROKERS: list()
    .refine((brokers) => brokers.length > 0 && brokers.every((broker) => /^\S+:\d{1,5}$/.test(broker)), 'is no list of host:port')
    .describe('some of the brokers: host:port, with commas between them'),
  KAFKA_TLS: z.enum(['true', 'false'], 'is neither true nor false').default('false').describe('whether brokers are spoken to over TLS'),
  KAFKA_TLS_CA_FILE: z
    .string()
    .optional()
    .describe("PEM; the authority that signed the brokers' certificates, when none of the well-known"),
  KAFKA_TLS_CERT_FILE: z.string().optional().describe('PEM; the certificate of this client, where brokers ask for one'),
  KAFKA_TLS_KEY_FILE: z.string().optional().describe('PEM; the key of that certificate'),
  KAFKA_SASL_MECHANISM: z
    .enum(mechanisms, `is none of ${mechanisms.join(', ')}`)
    .optional()
    .describe('how this client logs in'),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  MARATHON_PARTITIONS: wholeNumber(1, 1_000).default(8).describe('how many partitions a topic gets that this process creates'),
  MARATHON_REPLICATION_FACTOR: wholeNumber(1, 10).default(1).describe('how many replicas, too'),
} satisfies EnvironmentVariables;

export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: { readonly mechanism: (typeof mechanisms)[number]; readonly username: string; readonly password: string };
  readonly partitionsOf: (topic: string) => number;
  readonly replicationFactor: number;
}

/** Each gateway should read a partition of replies of its own. */
const replyPartitionsMin = 16;

/** @throws EnvironmentError when variables do not go together, or name files that cannot be read. */
export function kafkaSettings(environment: Environment<typeof kafkaVariables>): KafkaSettings {
  const tls = tlsOf(environment);
  const sasl = saslOf(environment);
  const { KAFKA_BROKERS: brokers, MARATHON_PARTITIONS: partitions, MARATHON_REPLICATION_FACTOR: replicationFactor } = environment;
  return {
    brokers,
    ...(tls && { tls }),
    ...(sasl && { sasl }),
    partitionsOf: (topic) => (topic === repliesTopic ? Math.max(partitions, replyPartitionsMin) : partitions),
    replicationFactor,
  };
}

function tlsOf(environment: Environment<typeof kafkaVariables>): KafkaSettings['tls'] {
  const files = { ca: 'KAFKA_TLS_CA_FILE', cert: 'KAFKA_TLS_CERT_FILE', key: 'KAFKA_TLS_KEY_FILE' } as const;
  const given = Object.entries(files).filter(([, name]) => environment[name] !== undefined);
  if (environment.KAFKA_TLS === 'false' && given.length > 0)
    throw new EnvironmentError(given.map(([, name]) => `${name} is of no use without KAFKA_TLS=true`));
  if (environment.KAFKA_TLS === 'false') return undefined;
  return Object.fromEntries(given.map(([part, name]) => [part, contentOf(name, environment[name] as string)]));
}

function contentOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new EnvironmentError([`${name} names a file that cannot be read: ${(error as Error).message}`]);
  }
}

function saslOf({
  KAFKA_SASL_MECHANISM: mechanism,
  KAFKA_SASL_USERNAME: username,
  KAFKA_SASL_PASSWORD: password,
}: Environment<typeof kafkaVariables>): KafkaSettings['sasl'] {
  if (mechanism === undefined && username === undefined && password === undefined) return undefined;
  if (mechanism !== undefined && username !== undefined && password !== undefined) return { mechanism, username, password };
  throw new EnvironmentError(['KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together: one of them is missing']);
}
