import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ReadyMessage } from '@marathon/host';
import type { Role } from './roles.js';

export interface ClusterProcessOptions {
  readonly role: Role;
  /** Counted from 1 within its role. */
  readonly number: number;
  /** The module that it runs; it calls `runGateway`, `runOrchestrator` or `runActivityWorker`. */
  readonly entry: string;
  readonly nodeFlags: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How long `stop` waits before it ends the process by force. */
  readonly stopTimeoutMs: number;
  readonly print: (line: string) => void;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** With what a process asks to be started again: its watchdog ended it. */
const unresponsiveExitCode = 70;

/**
 * One process of the cluster, and its successors. It has a process group of its own, so that a Ctrl-C in the terminal reaches only
 * us, and ends when we do: the channel between us closes.
 */
export class ClusterProcess {
  readonly role: Role;
  /** `orchestrator-2` */
  readonly name: string;
  #child: ChildProcess | undefined;
  #isWanted = false;
  #url: string | undefined;

  constructor(private readonly options: ClusterProcessOptions) {
    this.role = options.role;
    this.name = `${options.role}-${options.number}`;
  }

  /** Of the last one that was started. @throws Error before the first start */
  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error(`${this.name} has not been started`);
    return this.#child.pid;
  }

  /** Where its HTTP is; of a gateway the same after every start. @throws Error before it was ready for the first time */
  get url(): string {
    if (this.#url === undefined) throw new Error(`${this.name} has not been ready yet`);
    return this.#url;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && !hasEnded(this.#child);
  }

  /** Starts it, or its successor when it has ended; resolves when everything in it runs. @throws Error when it ends before */
  async start(): Promise<void> {
    if (this.isRunning) return;
    const child = this.#spawn();
    const ready = once(child, 'message') as Promise<[ReadyMessage]>;
    const ended = endOf(child).then((end) => Promise.reject(new Error(`${this.name} ended before it was ready, with ${describe(end)}`)));
    const [{ url }] = await Promise.race([ready, ended]);
    this.#url = url;
    this.#print(`ready   pid ${child.pid}   ${url}`);
  }

  /** Sends a signal, as somebody else would: that it ends by it is reported, and nothing more. */
  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Resolves when the one that runs has ended, whatever the reason; at once when none does. */
  async ended(): Promise<void> {
    if (this.#child) await endOf(this.#child);
  }

  /** Asks it to end, and ends it by force when it does not within its bound. Stopping twice is fine. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    const child = this.#child;
    if (!child || hasEnded(child)) return;
    child.kill('SIGCONT'); // one that stands still would not hear
    child.kill('SIGTERM');
    const timeout = setTimeout(() => child.kill('SIGKILL'), this.options.stopTimeoutMs);
    const end = await endOf(child);
    clearTimeout(timeout);
    if (end.exitCode !== 0) this.#print(`did not end in order: ${describe(end)}`);
  }

  #spawn(): ChildProcess {
    const { entry, nodeFlags, environment } = this.options;
    const child = fork(entry, { execArgv: [...nodeFlags], env: environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true });
    this.#child = child;
    this.#isWanted = true;
    for (const output of [child.stdout, child.stderr] as readonly Readable[])
      createInterface({ input: output }).on('line', (line) => this.#print(line));
    this.#print(`started   pid ${child.pid}`);
    void endOf(child).then((end) => this.#onEnd(end));
    return child;
  }

  #onEnd(end: ProcessEnd): void {
    if (!this.#isWanted) return;
    this.#print(`ended unexpectedly, with ${describe(end)}`);
    if (end.exitCode !== unresponsiveExitCode) return;
    this.#print('is started again: its watchdog asked for that');
    this.start().catch((error: unknown) => this.#print(`did not come back: ${error}`));
  }

  #print(line: string): void {
    this.options.print(`${this.name.padEnd(17)} | ${line}`);
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function endOf(child: ChildProcess): Promise<ProcessEnd> {
  if (!hasEnded(child)) await once(child, 'exit');
  return { exitCode: child.exitCode, signal: child.signalCode };
}

const describe = ({ exitCode, signal }: ProcessEnd): string => (signal === null ? `exit code ${exitCode}` : signal);
