import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Cluster } from '@marathon/cluster';

const repository = path.resolve(import.meta.dirname, '../../..');

/** An application of a team beside a cluster: a process of its own, and its successors. */
export class NestApplication {
  readonly printed: string[] = [];
  private child: ChildProcess | undefined;

  constructor(private readonly cluster: Cluster) {}

  /** Resolves with the id of the workflow that it starts, when the activity of that has begun. */
  async start(input: string): Promise<string> {
    const { url, brokers, databaseUrl } = this.cluster;
    const env = { ...process.env, NO_COLOR: '1', MARATHON_URL: url, KAFKA_BROKERS: brokers.join(), MARATHON_DATABASE_URL: databaseUrl };
    const entry = path.join(repository, 'e2e/dist/cluster/nest-application.main.js');
    const child = spawn(process.execPath, ['--import', '@marathon/guards/register', entry, input], {
      cwd: repository,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    return new Promise((resolve, reject) => {
      for (const output of [child.stdout, child.stderr])
        createInterface({ input: output }).on('line', (line) => {
          this.printed.push(line);
          const started = /^delivers (.+)/.exec(line);
          if (started?.[1]) resolve(started[1]);
        });
      child.once('exit', () => reject(new Error(`it ended before it had started a workflow:\n${this.printed.join('\n')}`)));
    });
  }

  /** @returns its exit code, and the signal that ended it */
  async stop(): Promise<unknown> {
    const ended = once(this.child as ChildProcess, 'exit');
    this.child?.kill('SIGTERM');
    return ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child?.kill('SIGKILL');
  }
}
