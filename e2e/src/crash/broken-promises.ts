import { setTimeout as delay } from 'node:timers/promises';
import type { AnyWorkflowDefinition } from '@marathon/core';
import { Bomb } from './bomb.js';
import { evidenceViolations } from './check-evidence.js';
import { crashWorkflows } from './crash.workflows.js';
import type { EmbeddedData } from './embedded-data.js';
import type { Promises } from './evidence.js';
import { readEvidence } from './read-evidence.js';

const checkEveryMs = 250;
/** What a sweeper had claimed when it died is claimed again after half a minute. */
const patienceMs = 90_000;

/**
 * Waits until no run is open and neither outbox nor requests hold anything, and checks everything then.
 * @returns what is wrong, in words; nothing when every promise was kept.
 */
export async function brokenPromises(
  database: Pick<EmbeddedData, 'read' | 'url'>,
  promises: Promises,
  workflows: readonly AnyWorkflowDefinition[] = crashWorkflows(new Bomb()),
): Promise<readonly string[]> {
  for (const until = Date.now() + patienceMs; Date.now() < until && !(await isOver(database)); ) await delay(checkEveryMs);
  return evidenceViolations(await readEvidence(database.url, promises), workflows);
}

async function isOver(database: Pick<EmbeddedData, 'read'>): Promise<boolean> {
  const [row] = await database.read<{ isOver: boolean }>(
    `select not exists (select from workflow_runs where closed_at is null) and not exists (select from outbox)
            and not exists (select from run_requests) as "isOver"`,
  );
  return row?.isOver === true;
}
