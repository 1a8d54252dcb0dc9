import { describe, expect, it } from '@jest/globals';
import type { ClusterProcess } from '@marathon/cluster';
import { useCluster } from '../cluster/use-cluster.js';
import { eventually } from '../crash/eventually.js';

const timeoutMs = 240_000;

describe('activity workers that come and go', () => {
  const cluster = useCluster({ processes: { orchestrator: 1, 'activity-worker': 1 }, worker: { MARATHON_DRAIN_TIMEOUT: '1m' } });
  const { system } = cluster;

  const startMany = (count: number, durationMs: number) =>
    Promise.all(Array.from({ length: count }, () => cluster.api.started('cluster.long', { durationMs })));
  const outcomesOf = (runs: readonly { readonly workflowId: string }[]) =>
    Promise.all(runs.map(({ workflowId }) => cluster.api.outcome(workflowId)));

  it(
    'begin no attempt twice when there are 1, then 4, then 1 of them',
    async () => {
      const before = system.beginnings().size;
      const runs = await startMany(60, 30_000);
      await eventually(() => expect(system.beginnings().size).toBe(before + 60));
      const more = [1, 2, 3].map(() => system.cluster.startOneMore('activity-worker'));
      const others = await Promise.all(more);
      runs.push(...(await startMany(60, 30_000)));
      await eventually(() => expect(system.beginnings().size).toBe(before + 120));
      await Promise.all(others.map((worker: ClusterProcess) => worker.stop()));
      const outcomes = await outcomesOf(runs);
      expect(outcomes.filter(({ status }) => status !== 'Completed')).toEqual([]);
      expect([...system.beginnings()].filter(([, times]) => times > 1)).toEqual([]);
    },
    timeoutMs,
  );

  it(
    'leave what they ran to the next one when they are killed: what was leased, and what was not yet',
    async () => {
      const leased = await startMany(20, 6_000);
      await Promise.all(leased.map(({ workflowId }) => cluster.api.event(workflowId, 'ActivityStarted')));
      const fresh = await startMany(20, 1_500);
      const worker = system.process('activity-worker', 0);
      worker.kill('SIGKILL');
      await worker.ended();
      const killedAtMs = Date.now();
      await worker.start();
      const outcomes = await outcomesOf([...leased, ...fresh]);
      expect(outcomes.filter(({ status }) => status !== 'Completed')).toEqual([]);
      console.log(`everything was done ${Date.now() - killedAtMs} ms after the worker had been killed`);
    },
    timeoutMs,
  );
});
