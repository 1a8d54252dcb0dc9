import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Cluster, type ClusterOptions, type ClusterProcess, type Role } from '@marathon/cluster';
import type pg from 'pg';
import { readRows } from '../crash/read-rows.js';
import { makeTestDirectory } from '../system/test-directory.js';
import { beginningsFileVariable } from './counted.activities.js';
import { witnessFileVariable } from './witnessed.activities.js';

const packageDirectory = path.resolve(import.meta.dirname, '../..');
const entry = (name: string) => path.join(packageDirectory, `dist/cluster/${name}.main.js`);

export interface TestClusterOptions extends Pick<ClusterOptions, 'processes' | 'partitions'> {
  /** Variables for the orchestrators, and for the workers. */
  readonly orchestrator?: Readonly<Record<string, string>>;
  readonly worker?: Readonly<Record<string, string>>;
}

/** A cluster on fresh data of its own, with the workflows and activities of the tests. */
export class TestCluster {
  readonly cluster: Cluster;
  private readonly directory: string;
  private readonly beginningsFile: string;
  private readonly witnessFile: string;
  private readonly logFile: string;

  constructor({ processes, partitions, orchestrator = {}, worker = {} }: TestClusterOptions = {}) {
    this.directory = makeTestDirectory();
    this.beginningsFile = path.join(this.directory, 'beginnings');
    this.witnessFile = path.join(this.directory, 'witness');
    for (const file of [this.beginningsFile, this.witnessFile]) appendFileSync(file, '');
    this.logFile = path.join(this.directory, 'cluster.log');
    const print = (line: string) => appendFileSync(this.logFile, `${new Date().toISOString()} ${line}\n`);
    const log = (message: string, details?: object) => print(`cluster | ${message} ${JSON.stringify(details ?? {})}`);
    const files = { [beginningsFileVariable]: this.beginningsFile, [witnessFileVariable]: this.witnessFile };
    this.cluster = new Cluster({
      dataDirectory: path.join(this.directory, 'data'),
      ...(processes && { processes }),
      ...(partitions !== undefined && { partitions }),
      entries: { orchestrator: entry('orchestrator'), 'activity-worker': entry('activity-worker') },
      environment: { orchestrator, 'activity-worker': { ...worker, ...files } },
      stopTimeoutMs: 120_000,
      print,
      log: { info: log, warn: log, error: log },
    });
  }

  /** Where the cluster's Kafka keeps what it holds. */
  get brokerDirectory(): string {
    return path.join(this.directory, 'data/broker');
  }

  /** Where the first gateway serves. */
  get url(): string {
    return this.cluster.url;
  }

  /** Of its log. */
  get lastWords(): string {
    return readFileSync(this.logFile, 'utf8').slice(-8_000);
  }

  /** @throws Error with the last lines of the log */
  async start(): Promise<void> {
    try {
      await this.cluster.start();
      this.database.url = this.cluster.databaseUrl;
    } catch (error) {
      const { lastWords } = this;
      await this.stop();
      throw new Error(`the cluster did not start; its last words:\n${lastWords}`, { cause: error });
    }
  }

  /** Ends it and removes its data. Stopping twice is fine. */
  async stop(): Promise<void> {
    await this.cluster.stop();
    if (process.env.MARATHON_E2E_KEEP === undefined) rmSync(this.directory, { recursive: true, force: true });
    else console.log(`kept: ${this.directory}`);
  }

  process(role: Role, index: number): ClusterProcess {
    return this.cluster.of(role)[index] as ClusterProcess;
  }

  /** The cluster's PostgreSQL, as seen from outside. */
  readonly database = {
    /** The same whether the server is there or away. */
    url: '',
    read: <Row extends pg.QueryResultRow>(statement: string): Promise<readonly Row[]> => readRows(this.database.url, statement),
  };

  /** How often each attempt of `cluster.long` was begun, by `<idempotency key> <attempt>`. */
  beginnings(): ReadonlyMap<string, number> {
    const lines = readFileSync(this.beginningsFile, 'utf8').split('\n').filter(Boolean);
    const attempts = lines.map((line) => line.split(' ').slice(0, 2).join(' '));
    return new Map([...Map.groupBy(attempts, (attempt) => attempt)].map(([attempt, each]) => [attempt, each.length]));
  }

  /** Of `cluster.witnessed`: how many executions have ended, and the most that were at work at a time. */
  witnessed(): { readonly ended: number; readonly most: number } {
    let [ended, now, most] = [0, 0, 0];
    for (const line of readFileSync(this.witnessFile, 'utf8').split('\n').filter(Boolean)) {
      const begins = line.endsWith(' begins');
      now += begins ? 1 : -1;
      ended += begins ? 0 : 1;
      most = Math.max(most, now);
    }
    return { ended, most };
  }
}
