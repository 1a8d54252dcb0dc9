import path from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { CrashingSystem } from './crashing-system.js';
import { TestDatabase } from './test-database.js';

const timeoutMs = 120_000;

/** The fixture's process, and the PostgreSQL that outlives it, while the tests of a suite run. */
export function useCrashingSystem(): { readonly database: TestDatabase; readonly system: CrashingSystem } {
  const database = new TestDatabase();
  const system = new CrashingSystem({ args: () => ['--database', database.url], logFile: path.join(database.directory, 'system.log') });
  beforeAll(async () => {
    await database.start();
    await system.start();
  }, timeoutMs);
  afterAll(async () => {
    await system.stop();
    await database.stop();
  }, timeoutMs);
  return { database, system };
}
