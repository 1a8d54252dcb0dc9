import { describe, expect, it } from '@jest/globals';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const statusTexts = async (workflowId: string) =>
  (await system.api.list({ workflowId })).body.workflows.map((summary) => (summary as { statusText?: string }).statusText);

describe('what a run says of itself', () => {
  it('is in its description and in lists, until it says something else', async () => {
    const { workflowId } = await system.api.started('e2e.labeled', { rounds: 1 }, { memo: { first: 1, kept: true } });
    await system.api.event(workflowId, 'StatusSet');
    expect(await system.api.describe(workflowId)).toMatchObject({ statusText: '1 rounds to go', memo: { kept: true, rounds: 1 } });
    expect(await statusTexts(workflowId)).toEqual(['1 rounds to go']);
    await system.api.signal(workflowId, 'next');
    await system.api.describeWhen(workflowId, (description) => !('statusText' in description));
    expect(await statusTexts(workflowId)).toEqual([undefined]);
    await system.api.signal(workflowId, 'next');
    await system.api.outcome(workflowId);
    expect(await system.api.describe(workflowId)).toMatchObject({ statusText: 'round 1 is over', memo: { kept: true, rounds: 1 } });
  });

  it('is typed: instants are their ISO form', async () => {
    const { workflowId } = await system.api.started('e2e.labeled', { rounds: 1 }, { searchAttributes: { region: 'us', amount: 3 } });
    await system.api.event(workflowId, 'SearchAttributesUpserted');
    expect((await system.api.describe(workflowId)).searchAttributes).toEqual({
      amount: 3,
      rounds: 1,
      dueAt: '1970-01-01T00:00:00.000Z',
      region: 'eu',
    });
    await system.api.terminate(workflowId);
  });

  it('goes along to the next run, its status excepted', async () => {
    const { workflowId, runId } = await system.api.started('e2e.labeled', { rounds: 2 }, { memo: { kept: true } });
    for (let i = 0; i < 2; i++) await system.api.signal(workflowId, 'next');
    await system.api.event(workflowId, 'WorkflowContinuedAsNew', { runId });
    for (let i = 0; i < 2; i++) await system.api.signal(workflowId, 'next');
    await system.api.outcome(workflowId);
    expect(await statusTexts(workflowId)).toEqual(['round 1 is over', 'round 2 is over']);
    const [last] = (await system.api.list({ workflowId })).body.workflows;
    const [started] = await system.api.history(workflowId, { runId: last?.runId as string });
    expect(started?.data).toMatchObject({ memo: { kept: true, rounds: 2 }, searchAttributes: { rounds: 2 } });
  });
});
