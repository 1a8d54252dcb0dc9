import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';

const packageDirectory = path.resolve(import.meta.dirname, '../..');
const logTailChars = 4_000;

export interface CrashingSystemOptions {
  /** Where its data is: `--database URL` or `--data DIR`. Asked at the begin of each life. */
  readonly args: () => readonly string[];
  /** What all its lives write. */
  readonly logFile: string;
}

export interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The fixture's process, life after life, at one address. */
export class CrashingSystem {
  private child: ChildProcess | undefined;
  private served: string | undefined;

  constructor(private readonly options: CrashingSystemOptions) {}

  /** Where it serves, once it has. */
  get url(): string {
    if (this.served === undefined) throw new Error('the system has not served yet');
    return this.served;
  }

  get pid(): number {
    return this.child?.pid as number;
  }

  /** How the current life ends, when it does. */
  get death(): Promise<Death> {
    const { child } = this;
    if (!child) throw new Error('the system was not started');
    if (hasEnded(child)) return Promise.resolve({ code: child.exitCode, signal: child.signalCode });
    return once(child, 'exit').then(([code, signal]) => ({ code, signal }) as Death);
  }

  /** Begins a life. Resolves when it serves, or has ended before it did. @param crashAt `P6:2`: point and pass at which it dies. */
  async start(crashAt?: string): Promise<void> {
    const { args, logFile } = this.options;
    const port = this.served === undefined ? '0' : new URL(this.served).port;
    const log = openSync(logFile, 'a');
    const child = fork(
      path.join(packageDirectory, 'dist/crash/fixture.main.js'),
      [...args(), '--port', port, ...(crashAt === undefined ? [] : ['--crash-at', crashAt])],
      { execArgv: ['--import', '@marathon/guards/register'], cwd: packageDirectory, stdio: ['ignore', log, log, 'ipc'] },
    );
    this.child = child;
    child.once('message', ({ url }: { readonly url: string }) => {
      this.served = url;
    });
    await Promise.race([once(child, 'message'), once(child, 'exit')]);
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** The last lines that it has written. */
  get lastWords(): string {
    return readFileSync(this.options.logFile, 'utf8').slice(-logTailChars);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.child || hasEnded(this.child)) return;
    const { death } = this;
    this.child.kill(signal);
    await death;
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
