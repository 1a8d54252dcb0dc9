import { afterAll, beforeAll, jest } from '@jest/globals';
import { ApiClient } from '../api/api-client.js';
import { historyViolations } from '../history-checks.js';

/** A test that hangs ends after this; none is meant to take as long. */
const testTimeoutMs = 60_000;

/**
 * The API of the system that the scenarios of a file are run against (`scripts/scenarios.runner.mjs`). When they have ended, the
 * histories of all runs that they started are checked.
 */
export function useSystem(): { readonly api: ApiClient } {
  let client: ApiClient | undefined;
  jest.setTimeout(testTimeoutMs);
  beforeAll(async () => {
    client = new ApiClient(process.env.MARATHON_URL ?? '');
    await client.open();
  });
  afterAll(async () => {
    try {
      if (client) await checkHistories(client);
    } finally {
      await client?.close();
    }
  });
  return {
    get api() {
      if (!client) throw new Error('use the API within a test');
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
