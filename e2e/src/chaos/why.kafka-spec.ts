import { afterAll, describe, expect, it } from '@jest/globals';
import { useCluster } from '../cluster/use-cluster.js';
import { eventually } from '../crash/eventually.js';

const timeoutMs = 120_000;
const stalls = 6;

describe('why names the cause when', () => {
  const cluster = useCluster({ processes: { 'api-gateway': 1, orchestrator: 1, 'activity-worker': 1 } });
  const { system } = cluster;
  let right = 0;
  let waiting: string;
  afterAll(() => console.log(`why was right about ${right} of ${stalls} stalls of a cluster`));

  const untilFirst = (workflowId: string, wait: object) =>
    eventually(async () => expect((await cluster.api.why(workflowId)).waits[0]).toMatchObject(wait));

  async function expectCause(workflowId: string, cause: object): Promise<void> {
    await untilFirst(workflowId, cause);
    right++;
  }

  it(
    'its worker was killed, and no other serves the queue',
    async () => {
      const worker = system.process('activity-worker', 0);
      const run = await cluster.api.started('cluster.long', { durationMs: 60_000 });
      await cluster.api.event(run.workflowId, 'ActivityStarted');
      worker.kill('SIGKILL');
      await worker.ended();
      await expectCause(run.workflowId, { workers: 0, activity: 'cluster.long', what: expect.stringContaining('no worker listens') });
      const later = await cluster.api.started('cluster.long', { durationMs: 1 });
      await expectCause(later.workflowId, { kind: 'activity-queued', workers: 0 });
      await cluster.api.terminate(run.workflowId);
      await worker.start();
      await cluster.api.outcome(later.workflowId);
    },
    timeoutMs,
  );

  it(
    'its orchestrator stands still',
    async () => {
      const orchestrator = system.process('orchestrator', 0);
      waiting = (await cluster.api.started('e2e.collect', { name: 'go', count: 2 })).workflowId;
      await untilFirst(waiting, { kind: 'signal', names: ['go'] });
      orchestrator.kill('SIGSTOP');
      await cluster.api.signal(waiting, 'go');
      await expectCause(waiting, { kind: 'orchestrator', owner: expect.stringContaining('orchestrator') });
      orchestrator.kill('SIGCONT');
      await untilFirst(waiting, { kind: 'signal' });
    },
    timeoutMs,
  );

  it(
    'no orchestrator is there',
    async () => {
      const orchestrator = system.process('orchestrator', 0);
      orchestrator.kill('SIGKILL');
      await orchestrator.ended();
      await expectCause(waiting, { kind: 'orchestrator', orchestrators: 0, remedy: expect.stringContaining('Start an orchestrator') });
      await orchestrator.start();
    },
    timeoutMs,
  );

  it(
    'Kafka is away',
    async () => {
      await system.cluster.broker?.kill();
      await expectCause(waiting, { kind: 'stream' });
      await system.cluster.broker?.start();
    },
    timeoutMs,
  );

  it(
    'PostgreSQL is away',
    async () => {
      await system.cluster.database?.stop();
      const { status, body } = await cluster.api.call('GET', `/workflows/${waiting}/why`);
      expect([status, body]).toMatchObject([503, { code: 'MARATHON_STORE_UNAVAILABLE' }]);
      right++;
      await system.cluster.database?.start();
    },
    timeoutMs,
  );
});
