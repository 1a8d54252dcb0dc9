import { afterAll, beforeAll, jest } from '@jest/globals';
import { ApiClient } from '../api/api-client.js';
import { historyViolations } from '../history-checks.js';
import { type SystemUnderTest, systemUnderTest } from './system-under-test.js';

/** A test that hangs ends after this; none is meant to take as long. */
const testTimeoutMs = 60_000;
const startTimeoutMs = 180_000;

/**
 * The API of a system that serves while the tests of a file run. When they have ended, the histories of all runs that they
 * started are checked.
 */
export function useSystem(system: SystemUnderTest = systemUnderTest()): { readonly api: ApiClient } {
  let client: ApiClient | undefined;
  jest.setTimeout(testTimeoutMs);
  beforeAll(async () => {
    await system.start();
    client = new ApiClient(system.url);
    await client.open();
  }, startTimeoutMs);
  afterAll(async () => {
    try {
      if (client) await checkHistories(client);
    } finally {
      await client?.close();
      await system.stop();
    }
  }, startTimeoutMs);
  return {
    get api() {
      if (!client) throw new Error('the system has not been started: use the API within a test');
      return client;
    },
  };
}

async function checkHistories(api: ApiClient): Promise<void> {
  const found: string[] = [];
  for (const { workflowId, runId } of api.startedRuns) {
    const violations = historyViolations(await api.history(workflowId, { runId }));
    if (violations.length > 0) found.push(`${workflowId} ${runId}: ${violations.join('; ')}`);
  }
  if (found.length > 0) throw new Error(`histories that do not hold:\n${found.join('\n')}`);
}
