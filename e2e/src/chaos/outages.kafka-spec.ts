import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { eventCodes } from '@marathon/core';
import { longWorkflow } from '../cluster/long.workflow.js';
import { openRuns } from '../cluster/open-runs.js';
import { useCluster } from '../cluster/use-cluster.js';
import { Bomb } from '../crash/bomb.js';
import { brokenPromises } from '../crash/broken-promises.js';
import { crashWorkflows } from '../crash/crash.workflows.js';
import { eventually } from '../crash/eventually.js';
import { Load } from '../crash/load.js';

const timeoutMs = 300_000;

describe('a cluster whose surroundings fail', () => {
  const cluster = useCluster({
    orchestrator: { MARATHON_SWEEP_AGE: '3s', MARATHON_RESEND_AFTER: '5s' },
    worker: { MARATHON_MAX_CONCURRENT: '200' },
  });
  const { system } = cluster;

  it(
    'begins no attempt twice when PostgreSQL is away for a minute while 200 leased attempts run',
    async () => {
      const runs = await Promise.all(Array.from({ length: 200 }, () => cluster.api.started('cluster.long', { durationMs: 45_000 })));
      await eventually(async () => expect(await countOf('ActivityStarted')).toBe(200));
      await system.cluster.database?.stop();
      await delay(60_000);
      await system.cluster.database?.start();
      await eventually(async () => expect((await cluster.api.call('GET', '/health/ready')).status).toBe(200));
      const outcomes = await Promise.all(runs.map(({ workflowId }) => cluster.api.outcome(workflowId)));
      expect(outcomes.filter(({ result }) => (result as { attempt: number } | undefined)?.attempt !== 1)).toEqual([]);
      expect([...system.beginnings().values()]).toEqual(Array.from({ length: 200 }, () => 1));
    },
    timeoutMs,
  );

  it(
    'completes every run although Kafka loses all that it holds',
    async () => {
      const load = new Load(() => system.url);
      await load.driveUntil(delay(3_000));
      await system.cluster.broker?.kill();
      rmSync(system.brokerDirectory, { recursive: true });
      await system.cluster.broker?.start();
      await load.settled();
      const broken = await brokenPromises(system.database, load.promises, [...crashWorkflows(new Bomb()), longWorkflow]);
      expect([...broken, ...(await openRuns(system))]).toEqual([]);
    },
    timeoutMs,
  );

  async function countOf(type: 'ActivityStarted'): Promise<number> {
    const [row] = await system.database.read<{ count: number }>(
      `select count(*)::int as count from history_events where type = ${eventCodes[type]}`,
    );
    return row?.count ?? 0;
  }
});
