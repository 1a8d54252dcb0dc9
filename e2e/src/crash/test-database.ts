import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EmbeddedDatabase } from '@marathon/postgres';
import pg from 'pg';

/** A PostgreSQL of the test's own, which outlives the processes that it watches die. Started again by itself when it is killed. */
export class TestDatabase {
  readonly directory: string;
  private readonly embedded: EmbeddedDatabase;

  constructor() {
    this.directory = mkdtempSync(path.join(tmpdir(), 'marathon-crash-'));
    chmodSync(this.directory, 0o711); // PostgreSQL does not run as root: its user passes through
    const log = { info() {}, warn() {}, error() {} };
    this.embedded = new EmbeddedDatabase({ dataDirectory: path.join(this.directory, 'database'), log });
  }

  get url(): string {
    return this.embedded.connectionString;
  }

  start(): Promise<void> {
    return this.embedded.start();
  }

  async stop(): Promise<void> {
    await this.embedded.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Ends the server: `SIGKILL` as a crash does, `SIGINT` in order. It comes back by itself. */
  killServer(signal: 'SIGKILL' | 'SIGINT'): void {
    process.kill(postmasterOf(path.join(this.directory, 'database')), signal);
  }

  async read<Row extends pg.QueryResultRow>(statement: string): Promise<readonly Row[]> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }
}

/** The process id of the embedded server whose data is in `dataDirectory`. */
export const postmasterOf = (dataDirectory: string): number =>
  Number(readFileSync(path.join(dataDirectory, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
