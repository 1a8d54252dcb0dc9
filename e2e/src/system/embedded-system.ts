import { rmSync } from 'node:fs';
import path from 'node:path';
import type { StandaloneOptions } from '@marathon/standalone';
import { SupervisedProcess } from './supervised-process.js';
import { makeTestDirectory } from './test-directory.js';

const packageDirectory = path.resolve(import.meta.dirname, '../..');

/** The system in one process, on fresh data of its own, in a PostgreSQL or in memory, with the workflows and activities of the fixtures. */
export class EmbeddedSystem {
  readonly process: SupervisedProcess;
  private readonly directory: string;

  constructor({ memory = false, residentRuns }: Pick<StandaloneOptions, 'memory' | 'residentRuns'> = {}) {
    this.directory = makeTestDirectory();
    this.process = new SupervisedProcess({
      module: path.join(packageDirectory, 'dist/fixtures/main.js'),
      args: [
        ...(memory ? ['--memory'] : ['--data', path.join(this.directory, 'data')]),
        ...(residentRuns === undefined ? [] : ['--resident-runs', String(residentRuns)]),
      ],
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
