import type { Log } from '@marathon/core';
import { KafkaStream } from '../src/kafka-stream.js';
import type { KafkaStreamOptions } from '../src/kafka-stream.options.js';

export const silentLog: Log = { info() {}, warn() {}, error() {} };

/** A stream that has started, with four partitions for each topic that it creates. */
export async function openStream(brokers: readonly string[], options: Partial<KafkaStreamOptions> = {}): Promise<KafkaStream> {
  const stream = new KafkaStream({ brokers, clientId: 'test', partitionsOf: () => 4, log: silentLog, ...options });
  await stream.start();
  return stream;
}
