import { EmbeddedDatabase } from '@marathon/postgres';
import type { QueryResultRow } from 'pg';
import { EmbeddedData } from './embedded-data.js';

const log = { info() {}, warn() {}, error() {} };

/** A PostgreSQL of the test's own, which outlives the processes that it watches die. It comes back by itself when it is killed. */
export class TestDatabase {
  private readonly data = new EmbeddedData();
  private address = '';
  private readonly embedded = new EmbeddedDatabase({ dataDirectory: this.data.dataDirectory, log });

  /** For what the test writes; removed in the end. */
  get directory(): string {
    return this.data.directory;
  }

  /** The same whether the server is there or away. */
  get url(): string {
    return this.address;
  }

  async start(): Promise<void> {
    await this.embedded.start();
    this.address = this.embedded.connectionString;
  }

  async stop(): Promise<void> {
    await this.embedded.stop();
    this.data.remove();
  }

  /** Ends the server, and starts it again at the same address when the returned function is called. */
  async takeAway(): Promise<() => Promise<void>> {
    await this.embedded.stop();
    return () => this.embedded.start();
  }

  /** Ends the server: `SIGKILL` as a crash does, `SIGINT` in order. */
  killServer(signal: 'SIGKILL' | 'SIGINT'): void {
    process.kill(this.data.serverPid, signal);
  }

  read<Row extends QueryResultRow>(statement: string): Promise<readonly Row[]> {
    return this.data.read(statement);
  }
}
