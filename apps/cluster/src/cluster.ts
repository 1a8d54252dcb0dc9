import path from 'node:path';
import type { Log, Service } from '@marathon/core';
import { freePort } from '@marathon/embedded-server';
import { LocalBroker } from '@marathon/kafka';
import { EmbeddedDatabase } from '@marathon/postgres';
import { ClusterProcess } from './cluster-process.js';
import { defaultEntry, environmentOf, nodeFlags, type Role, roles } from './roles.js';

export interface ClusterOptions {
  /** Made when it is missing, kept between starts: where PostgreSQL and Kafka keep their data, when they are the cluster's own. */
  readonly dataDirectory: string;
  /** Of the first gateway. Default: a free one, as the others take. */
  readonly port?: number;
  /** How many processes each role has. Default: 1 gateway, 2 orchestrators, 2 activity workers. */
  readonly processes?: Partial<Record<Role, number>>;
  /** Of the topics that are created. Default 8. */
  readonly partitions?: number;
  /** A PostgreSQL that runs already, instead of the cluster's own. */
  readonly databaseUrl?: string;
  /** A Kafka that runs already (`host:port`), instead of the cluster's own. */
  readonly brokers?: readonly string[];
  /** For roles that run a module other than the applications with the example: its file. */
  readonly entries?: Partial<Record<Role, string>>;
  /** More variables for a role's environment. */
  readonly environment?: Partial<Record<Role, Readonly<Record<string, string>>>>;
  /** How long a process may take to end. Default 35,000: a little more than it takes by itself. */
  readonly stopTimeoutMs?: number;
  /** More flags of Node for a role. */
  readonly nodeFlags?: Partial<Record<Role, readonly string[]>>;
  /** Takes what the processes write, line by line, each with the name of its process before it. */
  readonly print: (line: string) => void;
  /** Of the launcher itself. */
  readonly log: Log;
}

const stopTimeoutMsDefault = 35_000;
const processesDefault: Readonly<Record<Role, number>> = { 'api-gateway': 1, orchestrator: 2, 'activity-worker': 2 };

/**
 * The roles of Marathon as processes of this machine, with a PostgreSQL and a Kafka of their own unless others are given.
 *   C1  Everything ends with this process: the roles in order, Kafka too; a PostgreSQL left behind by a SIGKILL ends at the next start.
 *   C2  A process that dies is reported and not replaced, unless its watchdog ended it. One that dies at the start fails the start.
 *   C3  `stop` ends the roles, then Kafka, then PostgreSQL, within bounds.
 */
export class Cluster implements Service {
  /** The cluster's own, when it has one. */
  readonly database: EmbeddedDatabase | undefined;
  /** The cluster's own, when it has one. */
  readonly broker: LocalBroker | undefined;
  readonly #processes: ClusterProcess[] = [];
  readonly #numbers = new Map<Role, number>();
  #databaseUrl: string | undefined;
  /** Of the first gateway, which activity workers reach. */
  #gatewayPort = 0;
  #isStopped = false;

  constructor(private readonly options: ClusterOptions) {
    const { dataDirectory, log } = options;
    const place = (name: string) => path.resolve(dataDirectory, name);
    if (!options.databaseUrl) this.database = new EmbeddedDatabase({ dataDirectory: place('database'), log });
    if (!options.brokers) this.broker = new LocalBroker({ dataDirectory: place('broker'), log });
  }

  get processes(): readonly ClusterProcess[] {
    return this.#processes;
  }

  /** Where the first gateway serves. @throws Error before it was ready */
  get url(): string {
    const [first] = this.of('api-gateway');
    if (!first) throw new Error('the cluster has no gateway');
    return first.url;
  }

  /** The same after PostgreSQL was started again. @throws EmbeddedPostgresError before the start */
  get databaseUrl(): string {
    this.#databaseUrl ??= this.options.databaseUrl ?? (this.database as EmbeddedDatabase).connectionString;
    return this.#databaseUrl;
  }

  get brokers(): readonly string[] {
    return this.options.brokers ?? (this.broker as LocalBroker).brokers;
  }

  of(role: Role): readonly ClusterProcess[] {
    return this.#processes.filter((process) => process.role === role);
  }

  /**
   * Resolves when all processes run. When it fails, `stop` ends what was started.
   * @throws what PostgreSQL or Kafka throws at its start; Error when a process ends before it is ready
   */
  async start(): Promise<void> {
    this.#gatewayPort = this.options.port ?? (await freePort());
    await Promise.all([this.database?.start(), this.broker?.start()]);
    const wanted = { ...processesDefault, ...this.options.processes };
    await Promise.all(roles.flatMap((role) => Array.from({ length: wanted[role] }, () => this.startOneMore(role))));
  }

  /** Resolves when it is ready. @throws Error when it ends before */
  async startOneMore(role: Role): Promise<ClusterProcess> {
    const number = this.#nextNumber(role);
    // A gateway keeps its port, whatever becomes of its process.
    const port = role !== 'api-gateway' ? 0 : number === 1 ? this.#gatewayPort : await freePort();
    if (this.#isStopped) throw new Error('the cluster has been stopped');
    const { entries, nodeFlags: moreFlags, stopTimeoutMs = stopTimeoutMsDefault, print } = this.options;
    const process = new ClusterProcess({
      role,
      number,
      entry: entries?.[role] ?? defaultEntry(role),
      nodeFlags: [...nodeFlags[role], ...(moreFlags?.[role] ?? [])],
      environment: this.#environmentOf(role, port),
      stopTimeoutMs,
      print,
    });
    this.#processes.push(process);
    await process.start();
    return process;
  }

  /** For good: a cluster is started once. Stopping twice is fine. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#processes.map((process) => process.stop()));
    await this.broker?.stop();
    await this.database?.stop();
  }

  #nextNumber(role: Role): number {
    const number = (this.#numbers.get(role) ?? 0) + 1;
    this.#numbers.set(role, number);
    return number;
  }

  #environmentOf(role: Role, port: number): Record<string, string | undefined> {
    const { partitions = 8, environment } = this.options;
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('MARATHON_'));
    return {
      ...Object.fromEntries(inherited),
      KAFKA_BROKERS: this.brokers.join(','),
      MARATHON_PARTITIONS: String(partitions),
      ...environmentOf(role, { databaseUrl: this.databaseUrl, port, gatewayUrl: `http://127.0.0.1:${this.#gatewayPort}` }),
      ...environment?.[role],
    };
  }
}

/** @throws what `Cluster.start` throws, when everything that was started has ended again */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const cluster = new Cluster(options);
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
