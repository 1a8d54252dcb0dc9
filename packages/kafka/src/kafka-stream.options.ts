import type { Log } from '@marathon/core';

export interface KafkaStreamOptions {
  /** `host:port` of some of the brokers. */
  readonly brokers: readonly string[];
  /** Names this process in the brokers' logs. */
  readonly clientId: string;
  readonly tls?: KafkaTls;
  readonly sasl?: KafkaSasl;
  /** How many partitions a topic gets when this process creates it. Default 8. */
  readonly partitionsOf?: (topic: string) => number;
  /** Of topics that this process creates. Default 1. */
  readonly replicationFactor?: number;
  readonly log: Log;
}

export interface KafkaTls {
  /** The authority that signed the brokers' certificates, PEM; the well-known ones when absent. */
  readonly ca?: string;
  /** This client's certificate and key, PEM, where brokers ask for them. */
  readonly cert?: string;
  readonly key?: string;
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}
