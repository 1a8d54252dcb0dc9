import { setTimeout as delay } from 'node:timers/promises';
import type { TestDatabase } from './test-database.js';

const checkEveryMs = 250;
const patienceMs = 90_000;

interface Left extends Record<string, unknown> {
  readonly open: number;
  readonly entries: number;
  readonly requests: number;
}

/** Resolves when no run is open, and neither outbox nor requests hold anything. @returns what is left when that does not happen. */
export async function everythingOver(database: Pick<TestDatabase, 'read'>): Promise<Left> {
  for (const until = Date.now() + patienceMs; ; await delay(checkEveryMs)) {
    const [left] = await database.read<Left>(
      `select (select count(*) from workflow_runs where closed_at is null)::int as open,
              (select count(*) from outbox)::int as entries, (select count(*) from run_requests)::int as requests`,
    );
    if (!left) throw new Error('a query without a row');
    if ((left.open === 0 && left.entries === 0 && left.requests === 0) || Date.now() > until) return left;
  }
}
