import { describeStream } from '@marathon/conformance';
import { InProcessStream, type InProcessStreamOptions } from './in-process-stream.js';

const messageBytesMax = 65_536;

async function setup(options: InProcessStreamOptions = {}) {
  const stream = new InProcessStream({ partitionsOf: () => 4, messageBytesMax, ...options });
  await stream.start();
  return { stream, messageBytesMax, close: () => stream.stop() };
}

describeStream('in process', () => setup());

// What the suite expects is what the port promises, and no more: it holds in any disorder.
const seed = Number(process.env.MARATHON_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
describeStream(`in process, in disorder (MARATHON_TEST_SEED=${seed})`, () => setup({ disorder: { seed, likelihood: 0.3 } }));
