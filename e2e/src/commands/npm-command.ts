import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const repository = path.resolve(import.meta.dirname, '../../..');
const lookEveryMs = 20;

/** A command as a person types it at the root of the repository. */
export class NpmCommand {
  stdout = '';
  stderr = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  /** @param args what follows `npm` */
  constructor(args: readonly string[]) {
    const child = spawn('npm', args, { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.ended = once(child, 'close');
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
  }

  /** To npm alone, as a supervisor sends it. */
  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves when the command, and all that holds its outputs open, has ended. */
  async exitCode(): Promise<number | null> {
    await this.ended;
    return this.child.exitCode;
  }

  /** Looks again and again until there is something to be seen. @throws Error when the command ends before. */
  async until<Value>(look: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
    for (;;) {
      const value = await look();
      if (value !== undefined) return value;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`the command has ended: ${this.stdout}${this.stderr}`);
      await delay(lookEveryMs);
    }
  }

  /** Resolves when it serves. */
  async untilReady(url: string): Promise<void> {
    await this.until(async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok || undefined);
  }
}
