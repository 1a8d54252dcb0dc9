import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const example = path.join(import.meta.dirname, '../../../examples/python-worker');
const run = promisify(execFile);

export const hasPython = (): boolean => spawnSync('python3', ['--version'], { stdio: 'ignore' }).status === 0;

/** The example worker in Python, with an environment of its own in a temporary directory. */
export class PythonWorker {
  #process: ChildProcess | undefined;

  private constructor(private readonly environment: string) {}

  /** Makes the environment, and installs what the example names. */
  static async install(): Promise<PythonWorker> {
    const environment = await mkdtemp(path.join(tmpdir(), 'marathon-python-'));
    await run('python3', ['-m', 'venv', environment]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', path.join(example, 'requirements.txt')];
    await run(path.join(environment, 'bin/python'), pip);
    return new PythonWorker(environment);
  }

  start(brokers: readonly string[], taskQueue: string): void {
    const env = { ...process.env, KAFKA_BROKERS: brokers.join(), TASK_QUEUE: taskQueue };
    const python = path.join(this.environment, 'bin/python');
    this.#process = spawn(python, [path.join(example, 'worker.py')], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** In order, or with SIGKILL. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.environment, { recursive: true, force: true });
  }
}
