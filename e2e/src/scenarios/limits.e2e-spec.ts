import { expect, it } from '@jest/globals';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const ofRuns = async () => {
  const { body } = await system.api.call<{ readonly limits: readonly { readonly key: string }[] }>('GET', '/limits?limit=200');
  return body.limits.find(({ key }) => key === 'e2e.runs');
};

it('a run over the limit waits, says why, and is let in when another has ended', async () => {
  const first = await system.api.started('e2e.one-at-a-time');
  await system.api.describeWhen(first.workflowId, ({ status }) => status === 'Running');
  const second = await system.api.started('e2e.one-at-a-time');
  while ((await system.api.why(second.workflowId)).waits[0]?.kind !== 'limit');
  expect(await ofRuns()).toMatchObject({ kind: 'workflow-concurrency', limit: 1, inFlight: 1, waiting: 1 });
  expect(await system.api.why(second.workflowId)).toMatchObject({
    status: 'Pending',
    waits: [{ kind: 'limit', limits: [{ key: 'e2e.runs', limit: 1, inFlight: 1, ahead: 0 }] }],
  });

  for (const { workflowId } of [first, second]) {
    await system.api.describeWhen(workflowId, ({ status }) => status === 'Running');
    await system.api.call('POST', `/workflows/${workflowId}/signals/go`);
    expect((await system.api.outcome(workflowId)).result).toEqual([2, 4, 6]);
  }
});

it('a start states the limits of its run', async () => {
  const concurrency = { key: `e2e.starts ${Date.now()}`, limit: 1 };
  const start = () => system.api.started('e2e.collect', { name: 'item', count: 1 }, { concurrency, priority: 1, fairnessKey: 'ada' });
  const first = await start();
  await system.api.describeWhen(first.workflowId, ({ status }) => status === 'Running');
  const second = await start();
  while ((await system.api.why(second.workflowId)).waits[0]?.kind !== 'limit');
  expect(await system.api.why(second.workflowId)).toMatchObject({
    waits: [{ limits: [{ ...concurrency, kind: 'workflow-concurrency' }] }],
  });
  for (const { workflowId } of [first, second]) {
    await system.api.describeWhen(workflowId, ({ status }) => status === 'Running');
    await system.api.call('POST', `/workflows/${workflowId}/signals/item`, { json: { payload: 1 } });
    expect((await system.api.outcome(workflowId)).status).toBe('Completed');
  }
});
