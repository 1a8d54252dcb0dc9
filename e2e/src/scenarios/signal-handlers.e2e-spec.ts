import { describe, expect, it } from '@jest/globals';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const typesOf = async (workflowId: string, runId?: string) =>
  (await system.api.history(workflowId, runId === undefined ? {} : { runId })).map(({ type }) => type);

describe('a handler of a signal', () => {
  it('gets those that came before the code began, and all later ones', async () => {
    system.inAnyOrder('which of two activities ends first');
    const { workflowId } = await system.api.started('e2e.filing', { generations: 0 }, { startDelay: '200ms' });
    for (const n of [1, 2]) await system.api.signal(workflowId, 'item', n);
    await system.api.event(workflowId, 'ActivityCompleted');
    await system.api.signal(workflowId, 'item', 3);
    const filed = async () => (await typesOf(workflowId)).filter((type) => type === 'ActivityCompleted').length;
    await system.api.describeWhen(workflowId, ({ pending }) => pending.activities.length === 0);
    while ((await filed()) < 3) await system.api.result(workflowId, { wait: '20ms' });
    await system.api.signal(workflowId, 'done');
    expect((await system.api.outcome(workflowId)).result).toBe(3);
  });

  it('may settle a promise that the function awaits', async () => {
    const { workflowId } = await system.api.started('e2e.gated');
    await system.api.signal(workflowId, 'open', 'sesame');
    expect((await system.api.outcome(workflowId)).result).toBe('sesame');
  });

  it('ends before its run closes, however close to the end its signal was accepted', async () => {
    system.inAnyNumber('which signals come before the run has closed');
    const runs = await Promise.all(Array.from({ length: 10 }, () => system.api.started('e2e.filing', { generations: 0 })));
    for (const { workflowId } of runs) {
      const answers = await Promise.all([
        system.api.signal(workflowId, 'done'),
        ...Array.from({ length: 10 }, (_, n) => system.api.signal(workflowId, 'item', n)),
      ]);
      const taken = answers.filter(({ status }) => status === 202).length - 1;
      await system.api.outcome(workflowId);
      const types = await typesOf(workflowId);
      expect(types.filter((type) => type === 'SignalReceived')).toHaveLength(taken + 1);
      expect(types.filter((type) => type === 'ActivityCompleted')).toHaveLength(taken);
      expect(types.at(-1)).toBe('WorkflowCompleted');
    }
  });

  it('ends before its run continues as new', async () => {
    system.inAnyNumber('which activities have ended by the time that the code looks');
    const { workflowId, runId } = await system.api.started('e2e.filing', { generations: 1 });
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, (_, n) => system.api.signal(workflowId, 'item', n)),
      system.api.signal(workflowId, 'done'),
      ...Array.from({ length: 5 }, (_, n) => system.api.signal(workflowId, 'item', n)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(11).fill(202));
    await system.api.event(workflowId, 'WorkflowContinuedAsNew', { runId });
    await system.api.signal(workflowId, 'done');
    const last = await system.api.outcome(workflowId);
    const types = [...(await typesOf(workflowId, runId)), ...(await typesOf(workflowId, last.runId))];
    expect(types.filter((type) => type === 'ActivityCompleted')).toHaveLength(10);
  });
});
