// What the system costs when nothing happens, by hand:
//   node e2e/dist/idle/idle.main.js --runs 10000 --seconds 20
// Starts it in one process with its own PostgreSQL, opens that many runs that sleep for an hour, waits until it is quiet, and prints one
// line of JSON. Statements are counted twice: as transactions that the server counts (each statement is one; the server's own, of
// autovacuum, among them), and by name in a second window, in the server's log.
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuSeconds } from '@marathon/bench';
import { CrashingSystem } from '../crash/crashing-system.js';
import { EmbeddedData } from '../crash/embedded-data.js';
import { PersistentClient } from '../crash/persistent-client.js';
import { StatementLog } from './statement-log.js';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '20' },
    settle: { type: 'string', default: '30' },
  },
});
const [runs, seconds, settleS] = [Number(values.runs), Number(values.seconds), Number(values.settle)];
const clients = 64;

const data = new EmbeddedData();
const system = new CrashingSystem({ args: () => ['--data', data.dataDirectory], logFile: path.join(data.directory, 'system.log') });
await system.start();
try {
  await openRuns();
  await delay(settleS * 1_000);
  const window = await measure();
  const log = new StatementLog(data.url, path.join(data.dataDirectory, 'postgres.log'));
  await log.begin();
  await delay(seconds * 1_000);
  console.log(JSON.stringify({ runs, ...window, statements: await log.end() }));
} finally {
  await system.stop();
  data.remove();
}

async function openRuns(): Promise<void> {
  const client = new PersistentClient(() => system.url);
  let begun = 0;
  const startSome = async () => {
    while (begun++ < runs) await client.persist({ method: 'POST', path: '/workflows', body: { workflow: 'crash.sleeping' } });
  };
  await Promise.all(Array.from({ length: clients }, startSome));
  for (let asleep = 0; asleep < runs; await delay(200)) {
    const [row] = await data.read<{ asleep: number }>('select count(*)::int as asleep from workflow_runs where last_seq = 2');
    asleep = row?.asleep ?? 0;
  }
}

async function measure() {
  const before = { transactions: await transactions(), node: cpuSeconds(system.pid), postgres: cpuSeconds(data.serverPid) };
  await delay(seconds * 1_000);
  const after = { node: cpuSeconds(system.pid), postgres: cpuSeconds(data.serverPid), transactions: await transactions() };
  // The server is a child of the process.
  const [all, postgres] = [after.node - before.node, after.postgres - before.postgres];
  const percent = (cpuS: number) => Math.round((cpuS / seconds) * 10_000) / 100;
  return {
    seconds,
    transactions_per_s: (after.transactions - before.transactions) / seconds,
    cpu_percent_of_a_core: { all: percent(all), node: percent(all - postgres), postgres: percent(postgres) },
  };
}

async function transactions(): Promise<number> {
  const [row] = await data.read<{ count: number }>(
    'select (xact_commit + xact_rollback)::float8 as count from pg_stat_database where datname = current_database()',
  );
  return row?.count ?? 0;
}
