import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest } from '@jest/globals';
import { ApiClient } from '../api/api-client.js';
import { linesOf } from '../comparison/lines-of.js';
import { type RecordedScenario, writeScenarios } from '../comparison/recorded-scenarios.js';
import { type RunFamily, type RunName, readFamily } from '../comparison/run-family.js';
import { historyViolations } from '../history-checks.js';

/** A test that hangs ends after this; none is meant to take as long. */
const testTimeoutMs = 60_000;

export interface ScenarioSystem {
  readonly api: ApiClient;
  /** Says of the scenario that calls it that its events come in no order of their own: how they fall differs from one time to the next. */
  inAnyOrder(because: string): void;
  /** Says of the scenario that calls it that timing decides what events there are: only the outcomes of its runs are the same each time. */
  inAnyNumber(because: string): void;
}

interface RanScenario extends Pick<RecordedScenario, 'name' | 'timing'> {
  readonly runs: readonly RunName[];
}

/**
 * The API of the system that the scenarios of a file are run against (`scripts/scenarios.runner.mjs`). When they have ended, the
 * histories of all runs that they started are checked, and written to the folder `E2E_HISTORIES`: they are held against those of the
 * other systems.
 */
export function useSystem(): ScenarioSystem {
  let client: ApiClient | undefined;
  const scenarios: RanScenario[] = [];
  let timing: RecordedScenario['timing'];
  let runsSeen = 0;
  jest.setTimeout(testTimeoutMs);
  beforeAll(async () => {
    client = new ApiClient(process.env.MARATHON_URL ?? '');
    await client.open();
  });
  afterEach(() => {
    const { startedRuns = [] } = client ?? {};
    const { currentTestName: name = '' } = expect.getState();
    scenarios.push({ name, runs: startedRuns.slice(runsSeen), ...(timing && { timing }) });
    runsSeen = startedRuns.length;
    timing = undefined;
  });
  afterAll(async () => {
    try {
      if (client) await checkAndRecord(client, scenarios);
    } finally {
      await client?.close();
    }
  });
  return {
    get api() {
      if (!client) throw new Error('use the API within a test');
      return client;
    },
    inAnyOrder(because) {
      timing = { of: 'order', because };
    },
    inAnyNumber(because) {
      timing = { of: 'number', because };
    },
  };
}

async function checkAndRecord(api: ApiClient, scenarios: readonly RanScenario[]): Promise<void> {
  await api.haveClosed();
  const recorded: RecordedScenario[] = [];
  const violations: string[] = [];
  for (const { runs, ...scenario } of scenarios) {
    const families: RunFamily[] = [];
    for (const run of runs) families.push(await readFamily(api, run));
    violations.push(...families.flatMap(violationsOf));
    recorded.push({ ...scenario, lines: linesOf(families) });
  }
  const { testPath = '' } = expect.getState();
  const { E2E_HISTORIES: directory } = process.env;
  if (directory) writeScenarios(directory, path.basename(testPath, '.e2e-spec.ts'), recorded);
  if (violations.length > 0) throw new Error(`histories that do not hold:\n${violations.join('\n')}`);
}

function violationsOf({ workflowId, histories, children }: RunFamily): readonly string[] {
  const own = histories.map(historyViolations).filter((found) => found.length > 0);
  return [...own.map((found) => `${workflowId}: ${found.join('; ')}`), ...children.flatMap(violationsOf)];
}
