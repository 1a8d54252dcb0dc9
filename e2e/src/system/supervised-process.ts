import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface SupervisedProcessOptions {
  /** A module that serves until SIGTERM, and sends `{ url }` to its parent once it does. */
  readonly module: string;
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
  /** Where bare names of packages are looked up from. */
  readonly cwd: string;
  /** What it and its successors write. */
  readonly logFile: string;
}

/** With what a process asks to be started again: its watchdog ended it. */
const unresponsiveExitCode = 70;
const stopTimeoutMs = 60_000;
const logTailChars = 4_000;

/**
 * A process under a supervisor, as it has one wherever it is deployed: when the watchdog has ended it, it is started again, at the
 * address that it had.
 */
export class SupervisedProcess {
  private child: ChildProcess | undefined;
  private served: string | undefined;

  constructor(private readonly options: SupervisedProcessOptions) {}

  /** Where it serves, once it was started. */
  get url(): string {
    if (this.served === undefined) throw new Error('the process has not been started');
    return this.served;
  }

  /** Resolves when it serves. @throws Error with the last lines of its log when it ends before. */
  async start(): Promise<void> {
    const { module, args, execArgv, cwd, logFile } = this.options;
    const port = this.served === undefined ? '0' : new URL(this.served).port;
    const log = openSync(logFile, 'a');
    const child = fork(module, [...args, '--port', port], { execArgv: [...execArgv], cwd, stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    this.child = child;
    child.once('exit', () => this.onExit(child));
    const [serving] = (await Promise.race([once(child, 'message'), this.endBeforeStart(child)])) as [{ readonly url: string }];
    this.served = serving.url;
  }

  /** Stopping twice is fine. @throws Error with the last lines of its log when it did not shut down in order. */
  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child) return;
    if (!hasEnded(child)) await end(child);
    if (child.exitCode !== 0) throw this.unexpectedEnd(child);
  }

  private onExit(child: ChildProcess): void {
    if (child !== this.child || child.exitCode !== unresponsiveExitCode) return;
    this.start().catch((error: unknown) => console.error('the system did not come back', error));
  }

  private async endBeforeStart(child: ChildProcess): Promise<never> {
    if (!hasEnded(child)) await once(child, 'exit');
    throw this.unexpectedEnd(child);
  }

  private unexpectedEnd({ exitCode, signalCode }: ChildProcess): Error {
    const log = readFileSync(this.options.logFile, 'utf8').slice(-logTailChars);
    return new Error(`the system ended with ${exitCode ?? signalCode}; its last words:\n${log}`);
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timeout = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(timeout);
}
