// Starts an embedded database in the directory that its argument names, says where it is, and stays until it is killed.
import { EmbeddedDatabase } from '../src/embedded/embedded-database.js';

const database = new EmbeddedDatabase({ dataDirectory: process.argv[2] ?? '', log: { info() {}, warn() {}, error() {} } });
await database.start();
console.log(database.connectionString);
setInterval(() => undefined, 60_000);
