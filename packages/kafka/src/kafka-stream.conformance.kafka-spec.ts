import { describeStream } from '@marathon/conformance';
import { messageBytesMax } from '@marathon/core';
import { openStream } from '../test/open-stream.js';
import { useBroker } from '../test/use-broker.js';

const brokers = useBroker();

describeStream('Apache Kafka', async () => {
  const stream = await openStream(brokers());
  return { stream, messageBytesMax, close: () => stream.stop() };
});
