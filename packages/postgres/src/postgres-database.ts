import type { DefinitionRegistry, LimitStore, Log, Outbox, PayloadStore, RunIntake, RunReader, RunStore, Secrets } from '@marathon/core';
import { HotConnection } from './connections/hot-connection.js';
import { PooledDatabase } from './connections/pooled-database.js';
import { PostgresDefinitionRegistry } from './postgres-definition-registry.js';
import { PostgresLimitStore } from './postgres-limit-store.js';
import { PostgresOutbox } from './postgres-outbox.js';
import { PostgresPayloadStore } from './postgres-payload-store.js';
import { PostgresRunIntake } from './postgres-run-intake.js';
import { PostgresRunReader } from './postgres-run-reader.js';
import { PostgresRunStore } from './postgres-run-store.js';
import { readSecrets } from './sql/read-secrets.js';

const searchTimeoutMs = 5_000;

export interface PostgresDatabaseOptions {
  /** TCP or a socket's directory, as `pg` reads it. The database must be migrated (see `migrateDatabase`). */
  readonly connectionString: string;
  readonly log: Log;
}

/**
 * The store's ports over one database. Hot users have connections of their own, which connect by themselves and again after a
 * loss; all others share a small pool. Nothing here waits for PostgreSQL to come up: calls reject, retryable, until it has.
 */
export class PostgresDatabase {
  readonly outbox: Outbox;
  readonly reader: RunReader;
  readonly definitions: DefinitionRegistry;
  readonly secrets: Secrets;
  readonly payloads: PayloadStore;
  readonly limits: LimitStore;
  private readonly reads: PooledDatabase;
  /** Apart from the other reads: these may be slow. */
  private readonly searches: PooledDatabase;
  /** Apart from the other reads: tens of megabytes may pass through one. */
  private readonly largePayloads: PooledDatabase;
  private readonly hot: HotConnection[] = [];

  constructor(private readonly options: PostgresDatabaseOptions) {
    this.reads = new PooledDatabase(options.connectionString, { poolSize: 4 });
    this.searches = new PooledDatabase(options.connectionString, { poolSize: 2, statementTimeoutMs: searchTimeoutMs });
    this.largePayloads = new PooledDatabase(options.connectionString, { poolSize: 2 });
    this.payloads = new PostgresPayloadStore(this.largePayloads);
    this.outbox = new PostgresOutbox(this.reads);
    this.reader = new PostgresRunReader(this.reads, this.searches, () => this.connect('runs'));
    this.definitions = new PostgresDefinitionRegistry(this.reads);
    this.limits = new PostgresLimitStore(this.reads);
    this.secrets = { read: (name) => readSecrets(this.reads, name) };
  }

  /** One for each lane of an owner: a connection. */
  openRunStore(name: string): RunStore {
    return new PostgresRunStore(this.connect(name));
  }

  /** One for each gateway: two connections. */
  openRunIntake(name: string): RunIntake {
    return new PostgresRunIntake(this.connect(`${name}-starts`), this.connect(`${name}-requests`));
  }

  /** Whether PostgreSQL answers now. */
  async isUsable(): Promise<boolean> {
    return this.reads.query({ name: 'ping', text: 'select 1' }, []).then(
      () => true,
      () => false,
    );
  }

  /** Waits for the calls that were made before. Closing twice is fine. */
  async close(): Promise<void> {
    await Promise.all([
      this.reads.close(),
      this.searches.close(),
      this.largePayloads.close(),
      ...this.hot.map((connection) => connection.close()),
    ]);
  }

  private connect(name: string): HotConnection {
    const { connectionString, log } = this.options;
    const connection = new HotConnection({ connectionString, name, log });
    this.hot.push(connection);
    return connection;
  }
}
