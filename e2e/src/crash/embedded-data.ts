import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { makeTestDirectory } from '../system/test-directory.js';
import { readRows } from './read-rows.js';

/** A data directory of the embedded PostgreSQL, as seen from outside of the process that runs it. */
export class EmbeddedData {
  /** Removed with everything in it. */
  readonly directory: string;
  readonly dataDirectory: string;

  constructor() {
    this.directory = makeTestDirectory();
    this.dataDirectory = path.join(this.directory, 'data');
  }

  /** Of the server that runs now. */
  get url(): string {
    const password = readFileSync(path.join(this.dataDirectory, 'password'), 'utf8').trim();
    return `postgresql://marathon:${password}@127.0.0.1:${this.postmasterFile[3]}/marathon`;
  }

  get serverPid(): number {
    return Number(this.postmasterFile[0]);
  }

  read<Row extends pg.QueryResultRow>(statement: string): Promise<readonly Row[]> {
    return readRows(this.url, statement);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Process id, data directory, start, port … */
  private get postmasterFile(): readonly string[] {
    return readFileSync(path.join(this.dataDirectory, 'postgres/postmaster.pid'), 'utf8').split('\n');
  }
}
