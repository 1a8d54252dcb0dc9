import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Log, MarathonError, type Service } from '@marathon/core';
import { DirectoryLock, freePort } from '@marathon/embedded-server';
import pg from 'pg';
import { reasonOf } from '../connections/store-errors.js';
import { findBinaries } from './binaries.js';
import { databaseName, ensureCluster } from './cluster.js';
import { EmbeddedPostgresError } from './errors.js';
import { endOrphan, Postmaster, type PostmasterPlace } from './postmaster.js';
import { requireReachable, serverUser } from './server-user.js';
import { socketDirectory } from './socket.js';

// A PostgreSQL of our own, with real binaries and a data directory that outlives the process.
//   E1  One living process uses a data directory; a second is refused.
//   E2  A server that a killed process left behind is ended before ours starts.
//   E3  When the server dies under us it is started again, at the same address.
//   E4  `stop` ends it in order and within a bound; a process that exits without it sends the server the same signal.
//   E5  Started again by the same object, it is at the same address.

export interface EmbeddedDatabaseOptions {
  /** Made when it is missing, kept between starts. */
  readonly dataDirectory: string;
  /** A free one by default. */
  readonly port?: number;
  readonly log: Log;
}

const startAttempts = 5;
const restartDelayMsMax = 5_000;

export class EmbeddedDatabase implements Service {
  private running: Running | undefined;
  private starting: Promise<Running> | undefined;
  private port: number | undefined;

  constructor(private readonly options: EmbeddedDatabaseOptions) {
    this.port = options.port;
  }

  /** Over its socket, where it has one. @throws EmbeddedPostgresError unless it was started, and not stopped since. */
  get connectionString(): string {
    if (!this.running) throw new EmbeddedPostgresError('the embedded database has no address before its start');
    return this.running.connectionString;
  }

  /**
   * Resolves when connections are taken.
   * @throws DataDirectoryInUseError, DirectoryUnreachableError, DataDirectoryVersionError, EmbeddedPostgresError
   */
  async start(): Promise<void> {
    this.starting ??= this.open();
    try {
      this.running = await this.starting;
    } catch (error) {
      this.starting = undefined;
      throw error;
    }
  }

  async stop(): Promise<void> {
    const running = await this.starting?.catch(() => undefined);
    this.starting = undefined;
    this.running = undefined;
    await running?.stop();
  }

  private async open(): Promise<Running> {
    const unusable = unusableDirectory(this.options.dataDirectory);
    await mkdir(this.options.dataDirectory, { recursive: true }).catch(unusable);
    const directory = await realpath(this.options.dataDirectory);
    const binaries = await findBinaries();
    const user = await serverUser();
    if (user) for (const place of [directory, binaries.initdb, binaries.postgres]) await requireReachable(place, user);
    const lock = await DirectoryLock.acquire(directory).catch(unusable);
    try {
      const { directory: cluster, password } = await ensureCluster(directory, binaries, user);
      if ((await endOrphan(cluster)) === 'ended')
        this.options.log.warn('ended the PostgreSQL that a killed process left behind', { directory });
      const place = { binaries, cluster, logFile: path.join(directory, 'postgres.log'), user };
      const { postmaster, port } = await startAnywhere(place, this.port);
      this.port = port;
      const address = (database: string) => addressOf({ database, password, port, socket: socketDirectory(cluster) });
      const running = new Running(postmaster, place, port, lock, address(databaseName), this.options.log);
      await ensureDatabase(address('postgres')).catch(async (error: unknown) => {
        await running.stop();
        throw error;
      });
      return running;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }
}

class Running {
  private isStopping = false;
  private readonly stopSignal = new AbortController();
  private readonly supervision: Promise<void>;

  constructor(
    private postmaster: Postmaster,
    private readonly place: PostmasterPlace,
    private readonly port: number,
    private readonly lock: DirectoryLock,
    readonly connectionString: string,
    private readonly log: Log,
  ) {
    this.supervision = this.supervise();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.stopSignal.abort();
    await this.postmaster.stop();
    await this.supervision;
    await this.lock.release();
  }

  /** Starts the server again whenever it ends unasked (E3). */
  private async supervise(): Promise<void> {
    let failures = 0;
    for (;;) {
      await this.postmaster.ended;
      if (this.isStopping) return;
      this.log.error('PostgreSQL ended unexpectedly and is started again', { port: this.port });
      await delay(Math.min(100 * 2 ** failures, restartDelayMsMax), undefined, { signal: this.stopSignal.signal }).catch(() => undefined);
      if (this.isStopping) return;
      try {
        await endOrphan(this.place.cluster);
        this.postmaster = await Postmaster.start(this.place, this.port);
        failures = 0;
      } catch (error) {
        failures += 1;
        this.log.error('PostgreSQL could not be started again', { error });
      }
      if (this.isStopping) await this.postmaster.stop();
    }
  }
}

/** The processes of a server that was killed may hold its shared memory for a moment, and a free port may be taken meanwhile. */
/** What the operating system refuses is told with the directory that it is about. */
function unusableDirectory(directory: string): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof MarathonError) throw cause;
    throw new EmbeddedPostgresError(`the data directory ${directory} cannot be used: ${reasonOf(cause)}; choose another directory`, {
      cause,
    });
  };
}

async function startAnywhere(
  place: PostmasterPlace,
  given: number | undefined,
): Promise<{ readonly postmaster: Postmaster; readonly port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = given ?? (await freePort());
    try {
      return { postmaster: await Postmaster.start(place, port), port };
    } catch (error) {
      if (attempt === startAttempts) throw error;
      await delay(200 * attempt);
    }
  }
}

interface Place {
  readonly database: string;
  readonly password: string;
  readonly port: number;
  readonly socket: string | undefined;
}

/** In the parameter is the directory of the socket, whose name holds the port; without it the address is one of TCP. */
function addressOf({ database, password, port, socket }: Place): string {
  const address = `postgresql://${databaseName}:${password}@127.0.0.1:${port}/${database}`;
  return socket === undefined ? address : `${address}?host=${encodeURIComponent(socket)}`;
}

async function ensureDatabase(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (!rowCount) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}
