import { expect, it } from '@jest/globals';
import type { LimitList } from '@marathon/protocol';
import { useCluster } from '../cluster/use-cluster.js';
import { eventually } from '../crash/eventually.js';

const timeoutMs = 120_000;

const cluster = useCluster({ processes: { orchestrator: 2, 'activity-worker': 2 } });

it(
  'a limit holds, and everybody is let in, though an orchestrator is killed while they wait',
  async () => {
    const { system, api } = cluster;
    const input = { count: 4, durationMs: 500 };
    const runs = await Promise.all(Array.from({ length: 5 }, () => api.started('cluster.limited', input)));
    await eventually(() => expect(system.witnessed().ended).toBeGreaterThanOrEqual(4));
    system.process('orchestrator', 0).kill('SIGKILL');

    const outcomes = await Promise.all(runs.map(({ workflowId }) => api.outcome(workflowId)));
    expect(outcomes.map(({ status }) => status)).toEqual(runs.map(() => 'Completed'));
    expect(system.witnessed().most).toBe(2);
    const { body } = await api.call<LimitList>('GET', '/limits');
    expect(body.limits.filter(({ inFlight, waiting }) => inFlight + waiting > 0)).toEqual([]);
  },
  timeoutMs,
);
