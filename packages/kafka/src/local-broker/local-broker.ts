import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Log, Service } from '@marathon/core';
import { DirectoryLock, freePort, lastWords } from '@marathon/embedded-server';
import { prepareDirectory } from './broker-directory.js';
import { BrokerProcess, endOrphan } from './broker-process.js';
import type { BrokerPorts } from './broker-settings.js';
import { LocalBrokerError } from './errors.js';
import { kafkaLibraries } from './kafka-libraries.js';
import { requireJava } from './tools.js';
import { untilCoordinating } from './until-coordinating.js';

// An Apache Kafka of our own: one node in KRaft mode, run by the Java that is there, with a data directory that outlives the process.
//   L1  One living process uses a data directory; a second is refused.
//   L2  It ends with the process that started it, however that ends; what is left all the same is ended before ours starts.
//   L3  Started again by the same object, it is at the same address. It does not start again by itself.
//   L4  `stop` ends it in order and within a bound.

export interface LocalBrokerOptions {
  /** Made when it is missing, kept between starts. */
  readonly dataDirectory: string;
  /** A free one by default. */
  readonly port?: number;
  readonly log: Log;
}

const readyTimeoutMs = 120_000; // recovery after a crash reads the unflushed segments

export class LocalBroker implements Service {
  #ports: BrokerPorts | undefined;
  #running: Running | undefined;
  #starting: Promise<Running> | undefined;

  constructor(private readonly options: LocalBrokerOptions) {}

  /**
   * `host:port`, the same at every start of this object.
   * @throws LocalBrokerError before the first start.
   */
  get brokers(): readonly string[] {
    if (!this.#ports) throw new LocalBrokerError('Kafka has no address before its start');
    return [`127.0.0.1:${this.#ports.clients}`];
  }

  /** The process of Kafka, while there is one. */
  get pid(): number | undefined {
    return this.#running?.process.hasEnded ? undefined : this.#running?.process.pid;
  }

  /**
   * Resolves when topics can be made and groups be joined. The first start on a machine fetches Kafka with Maven.
   * @throws LocalBrokerToolMissingError, DataDirectoryInUseError, LocalBrokerError
   */
  async start(): Promise<void> {
    if (this.#running?.process.hasEnded) await this.stop();
    this.#starting ??= this.#open();
    try {
      this.#running = await this.#starting;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }

  /** Keeps the data. */
  async stop(): Promise<void> {
    await this.#end((process) => process.stop());
  }

  /** Ends it as a crash would (SIGKILL), for tests of what must survive that; `start` goes on with its data. */
  async kill(): Promise<void> {
    await this.#end((process) => process.kill());
  }

  async #end(how: (process: BrokerProcess) => Promise<void>): Promise<void> {
    const running = await this.#starting?.catch(() => undefined);
    this.#starting = undefined;
    this.#running = undefined;
    if (!running) return;
    running.isWanted = false;
    await how(running.process);
    await running.lock.release();
  }

  async #open(): Promise<Running> {
    const { dataDirectory, port, log } = this.options;
    await requireJava();
    const libraries = await kafkaLibraries(log);
    await mkdir(dataDirectory, { recursive: true });
    const directory = await realpath(dataDirectory);
    const lock = await DirectoryLock.acquire(directory);
    try {
      if ((await endOrphan(directory)) === 'ended') log.warn('ended the Kafka that a killed process left behind', { directory });
      this.#ports ??= { clients: port ?? (await freePort()), controller: await freePort() };
      const settingsFile = await prepareDirectory(directory, this.#ports, libraries);
      const logFile = path.join(directory, 'kafka.log');
      const process = await BrokerProcess.spawn({ directory, libraries, settingsFile, logFile });
      await untilReady(process, this.brokers[0] as string, logFile);
      const running: Running = { process, lock, isWanted: true };
      void process.ended.then(() => running.isWanted && log.error('Kafka ended unexpectedly', { directory, logFile }));
      return running;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }
}

interface Running {
  readonly process: BrokerProcess;
  readonly lock: DirectoryLock;
  /** False from the beginning of its end. */
  isWanted: boolean;
}

/** @throws LocalBrokerError when it ends before, or takes too long. */
async function untilReady(process: BrokerProcess, broker: string, logFile: string): Promise<void> {
  const given = AbortSignal.timeout(readyTimeoutMs);
  const ended = new AbortController();
  void process.ended.then(() => ended.abort());
  const signal = AbortSignal.any([given, ended.signal]);
  await untilCoordinating(broker, signal);
  if (!signal.aborted) return;
  await process.stop();
  const problem = given.aborted ? `was not ready within ${readyTimeoutMs} ms` : 'ended before it was ready';
  throw new LocalBrokerError(`Kafka ${problem}; the last words in ${logFile}: ${await lastWords(logFile)}`);
}
