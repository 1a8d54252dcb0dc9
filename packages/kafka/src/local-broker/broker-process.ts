import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import path from 'node:path';
import { type EndingStep, endInSteps, gone, isServerIn, turnLog } from '@marathon/embedded-server';

const byForce: EndingStep = { signal: 'SIGKILL', waitMs: 5_000 };
const inOrder: readonly EndingStep[] = [{ signal: 'SIGTERM', waitMs: 15_000 }, byForce];

/** Waits for the end of its standard input, which is our end however it comes, and then ends the process named by its argument. */
const watchScript = `
read -r _
kill -TERM "$1"
i=0
while kill -0 "$1" && [ $i -lt 150 ]; do sleep 0.1; i=$((i+1)); done
kill -KILL "$1"`;

export interface BrokerPlace {
  readonly directory: string;
  readonly libraries: string;
  readonly settingsFile: string;
  readonly logFile: string;
}

/** A Kafka that we started. It has a process group of its own, so that a Ctrl-C in the terminal reaches only us. */
export class BrokerProcess {
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  #hasEnded = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly pidFile: string,
  ) {
    const watcher = child.pid === undefined ? undefined : watch(child.pid);
    this.ended = new Promise((resolve) => {
      const end = () => {
        this.#hasEnded = true;
        watcher?.kill('SIGKILL');
        resolve();
      };
      child.once('exit', end).once('error', end);
    });
  }

  static async spawn({ directory, libraries, settingsFile, logFile }: BrokerPlace): Promise<BrokerProcess> {
    await turnLog(logFile);
    const log = await open(logFile, 'a');
    try {
      const child = spawn(
        'java',
        [
          '-Xms128m',
          '-Xmx512m',
          '-XX:+UseSerialGC',
          '-XX:TieredStopAtLevel=1',
          '-XX:+ExitOnOutOfMemoryError',
          '-Djava.awt.headless=true',
          '-Dorg.slf4j.simpleLogger.showDateTime=true',
          '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
          '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
          '-classpath',
          path.join(libraries, '*'),
          'kafka.Kafka',
          settingsFile,
        ],
        { cwd: directory, detached: true, stdio: ['ignore', log.fd, log.fd] },
      );
      child.unref();
      const broker = new BrokerProcess(child, pidFileIn(directory));
      await writeFile(broker.pidFile, `${child.pid}\n`);
      return broker;
    } finally {
      await log.close();
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Ends it in order, its log synced. Bounded; what does not end in time is ended harder. */
  async stop(): Promise<void> {
    await endInSteps((signal) => this.child.kill(signal), this.ended, inOrder);
    await rm(this.pidFile, { force: true });
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await endInSteps((signal) => this.child.kill(signal), this.ended, [byForce]);
  }
}

/**
 * Ends the Kafka that a killed process left behind. Call it only while holding the directory's lock.
 * A process id that is no Kafka of this very directory is not touched.
 */
export async function endOrphan(directory: string): Promise<'ended' | 'none'> {
  const pid = Number(await readFile(pidFileIn(directory), 'utf8').catch(() => 0));
  const isOurs = pid > 0 && (await isServerIn(directory, 'java', pid));
  if (isOurs) await endInSteps((signal) => process.kill(pid, signal), gone(pid), inOrder);
  await rm(pidFileIn(directory), { force: true });
  return isOurs ? 'ended' : 'none';
}

const pidFileIn = (directory: string): string => path.join(directory, 'kafka.pid');

function watch(pid: number): ChildProcess {
  const watcher = spawn('sh', ['-c', watchScript, 'watcher', String(pid)], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watcher.on('error', () => {}); // without it, the next start ends what is left
  watcher.unref();
  (watcher.stdin as Socket).unref();
  return watcher;
}
