import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { LocalBroker } from '../src/local-broker/local-broker.js';

/** A Kafka for all tests of a file: the one that KAFKA_BROKERS names, else one that is started for them. Gives its brokers. */
export function useBroker(): () => readonly string[] {
  let brokers = process.env.KAFKA_BROKERS?.split(',');
  let release = async () => {};
  beforeAll(async () => {
    if (brokers) return;
    const dataDirectory = await mkdtemp(path.join(tmpdir(), 'marathon-broker-'));
    const broker = new LocalBroker({ dataDirectory, log: { info() {}, warn() {}, error() {} } });
    release = async () => {
      await broker.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    };
    await broker.start();
    brokers = [...broker.brokers];
  }, 180_000);
  afterAll(() => release());
  return () => {
    if (!brokers) throw new Error('the broker runs within tests only');
    return brokers;
  };
}
