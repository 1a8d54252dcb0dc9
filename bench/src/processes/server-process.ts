import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface ServerProcessOptions {
  readonly mode: string;
  readonly dataDirectory: string;
  /** Where node writes CPU profiles, of it and of the processes that it starts, when they end. */
  readonly cpuProfileDirectory: string | undefined;
}

/** What `serve` tells whoever forked it, when everything runs. */
export interface ServingMessage {
  readonly url: string;
}

const stopTimeoutMs = 60_000;

/** `serve` in a process of its own, so that what it uses can be told from what the load uses. It ends when we do. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Resolves when it serves. @throws Error when it ends before; what it had to say is on our stderr. */
  static async start({ mode, dataDirectory, cpuProfileDirectory }: ServerProcessOptions, signal: AbortSignal): Promise<ServerProcess> {
    const child = fork(path.join(import.meta.dirname, '../main.js'), ['serve', '--mode', mode, '--port', '0', '--data', dataDirectory], {
      ...(cpuProfileDirectory !== undefined && { env: profiled(path.resolve(cpuProfileDirectory)) }),
      // Its standard output goes where our messages go: ours belongs to the result.
      stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
      detached: true, // a Ctrl-C reaches us alone, and we end it
    });
    try {
      const [serving] = (await Promise.race([once(child, 'message', { signal }), endOf(child)])) as [ServingMessage];
      return new ServerProcess(child, serving.url);
    } catch (error) {
      await stop(child);
      throw error;
    }
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Rejects when it ends. */
  get ended(): Promise<never> {
    return endOf(this.child);
  }

  /** Resolves when it and its PostgreSQL have ended. Stopping twice is fine. */
  stop(): Promise<void> {
    return stop(this.child);
  }
}

const profiled = (directory: string): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --cpu-prof --cpu-prof-dir=${directory}`,
});

async function endOf(child: ChildProcess): Promise<never> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timeout = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(timeout);
}
