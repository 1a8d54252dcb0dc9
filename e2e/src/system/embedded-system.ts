import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SupervisedProcess } from './supervised-process.js';

const packageDirectory = path.resolve(import.meta.dirname, '../..');

/** The system in one process, on fresh data of its own, with the workflows and activities of the fixtures. */
export class EmbeddedSystem {
  readonly process: SupervisedProcess;
  private readonly directory: string;

  constructor() {
    this.directory = mkdtempSync(path.join(tmpdir(), 'marathon-e2e-'));
    chmodSync(this.directory, 0o711); // PostgreSQL does not run as root: its user passes through
    this.process = new SupervisedProcess({
      module: path.join(packageDirectory, 'dist/fixtures/main.js'),
      args: ['--data', path.join(this.directory, 'data')],
      execArgv: ['--import', '@marathon/guards/register'],
      cwd: packageDirectory,
      logFile: path.join(this.directory, 'system.log'),
    });
  }

  get url(): string {
    return this.process.url;
  }

  start(): Promise<void> {
    return this.process.start();
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    try {
      await this.process.stop();
    } finally {
      rmSync(this.directory, { recursive: true, force: true });
    }
  }
}
