import { readFileSync, statSync } from 'node:fs';
import pg from 'pg';

/** Which statements a server executes, as its own log tells: `log_statement = all`, for a while. */
export class StatementLog {
  private from = 0;

  constructor(
    private readonly databaseUrl: string,
    private readonly logFile: string,
  ) {}

  async begin(): Promise<void> {
    await this.configure(`alter system set log_statement = 'all'`);
    this.from = statSync(this.logFile).size;
  }

  /** How often each was executed since `begin`, by the name of the prepared statement or the text of others. */
  async end(): Promise<Readonly<Record<string, number>>> {
    const text = readFileSync(this.logFile).subarray(this.from).toString('utf8');
    await this.configure('alter system reset log_statement');
    const counts: Record<string, number> = {};
    for (const [, prepared, plain] of text.matchAll(/ LOG: {2}(?:execute ([^:]+):|statement: (.{0,60}))/g)) {
      const name = prepared === '<unnamed>' || prepared === undefined ? (plain ?? 'unnamed').trim() : prepared;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  private async configure(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      await client.query(statement);
      await client.query('select pg_reload_conf()');
    } finally {
      await client.end();
    }
  }
}
