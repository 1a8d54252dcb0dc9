// A cluster under a steady load, with a rebalance every 30 s, by hand:
//   npx node e2e/dist/soak/soak.main.js --minutes 10 --rate 300
// Starts as many workflows a second as `rate` says, whether earlier ones have ended or not, each with three activities; stops and
// starts a worker or an orchestrator in turn; prints a line of JSON for each minute, and what is left in the end. A rate of 70 % of
// what `npm run bench -- run --mode cluster --workload w3` reaches keeps something in hand.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { memoryMbOf } from '@marathon/bench';
import { Agent, request } from 'undici';
import { TestCluster } from '../cluster/test-cluster.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '200' },
    rebalance: { type: 'string', default: '30' },
  },
});
const [minutes, rate, rebalanceS] = [Number(values.minutes), Number(values.rate), Number(values.rebalance)];
const tickMs = 20;

const system = new TestCluster({ orchestrator: { MARATHON_LOG_LEVEL: 'warn' }, worker: { MARATHON_LOG_LEVEL: 'warn' } });
const agent = new Agent({ connections: 512, headersTimeout: 120_000, bodyTimeout: 120_000 });
let latenciesMs: number[] = [];
let [underWay, failed] = [0, 0];

await system.start();
try {
  const end = Date.now() + minutes * 60_000;
  await Promise.all([load(end), rebalance(end), report(end)]);
  for (const patience = Date.now() + 120_000; underWay > 0 && Date.now() < patience; ) await delay(100);
  console.log(JSON.stringify({ underWay, ...(await leftovers()) }));
} finally {
  await agent.destroy();
  await system.stop();
}

async function load(end: number): Promise<void> {
  const beganMs = Date.now();
  for (let started = 0; Date.now() < end; await delay(tickMs)) {
    const due = Math.floor(((Date.now() - beganMs) / 1_000) * rate);
    for (; started < due; started++) void one();
  }
}

async function one(): Promise<void> {
  const beganMs = performance.now();
  underWay += 1;
  try {
    const body = JSON.stringify({ workflow: 'crash.sequence', input: { count: 3 } });
    const headers = { 'content-type': 'application/json' };
    const answer = await request(`${system.url}/workflows?wait=60s`, { method: 'POST', headers, body, dispatcher: agent });
    const outcome = (await answer.body.json()) as { result?: unknown };
    if (outcome.result !== 6) throw new Error(JSON.stringify(outcome));
    latenciesMs.push(performance.now() - beganMs);
  } catch {
    failed += 1;
  } finally {
    underWay -= 1;
  }
}

async function rebalance(end: number): Promise<void> {
  for (let i = 0; Date.now() + rebalanceS * 1_000 < end; i++) {
    await delay(rebalanceS * 1_000);
    const process = system.process(i % 2 === 0 ? 'activity-worker' : 'orchestrator', (i >> 1) % 2);
    await process.stop();
    await process.start();
  }
}

async function report(end: number): Promise<void> {
  for (let minute = 1; Date.now() < end; minute++) {
    await delay(Math.min(60_000, end - Date.now()));
    const sorted = latenciesMs.toSorted((a, b) => a - b);
    latenciesMs = [];
    const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
    const latency = { p50: at(0.5), p99: at(0.99), max: at(0.9999) };
    const memoryMb = Object.fromEntries(system.cluster.processes.map(({ name, pid }) => [name, Math.round(memoryMbOf(pid))]));
    console.log(
      JSON.stringify({
        minute,
        completed: sorted.length,
        failed,
        underWay,
        latency_ms: latency,
        memory_mb: memoryMb,
        ...(await leftovers()),
      }),
    );
  }
}

/** What has not been taken on yet: in the outbox, among the requests, and runs that are open. */
async function leftovers() {
  const [row] = await system.database.read<{ outbox: number; requests: number; open: number }>(
    `select (select count(*) from outbox)::int as outbox, (select count(*) from run_requests)::int as requests,
            (select count(*) from workflow_runs where closed_at is null)::int as open`,
  );
  return row;
}
