// Starts a Kafka in the directory that its argument names, says its process id, and stays until it is killed.
import { LocalBroker } from '../src/local-broker/local-broker.js';

const broker = new LocalBroker({ dataDirectory: process.argv[2] ?? '', log: { info() {}, warn() {}, error() {} } });
await broker.start().catch((error: { readonly code: string; readonly message: string }) => {
  console.error(`${error.code}: ${error.message}`);
  process.exit(1);
});
console.log(broker.pid);
setInterval(() => undefined, 60_000);
