import { describe, expect, it } from '@jest/globals';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const typesOf = async (workflowId: string) => (await system.api.history(workflowId)).map(({ type }) => type);

describe('a condition', () => {
  it('lets the code go on with the event that makes it hold', async () => {
    const { workflowId } = await system.api.started('e2e.until-enough', { wanted: 2 });
    for (const item of ['a', 'b']) await system.api.signal(workflowId, 'item', item);
    expect((await system.api.outcome(workflowId)).result).toEqual({ isEnough: true, items: ['a', 'b'] });
    expect(await typesOf(workflowId)).toEqual(['WorkflowStarted', 'SignalReceived', 'SignalReceived', 'WorkflowCompleted']);
  });

  it('that holds from the beginning costs no event, with a time-out or without', async () => {
    for (const timeout of [undefined, '1h']) {
      const { workflowId, result } = await system.api.run('e2e.until-enough', { wanted: 0, ...(timeout && { timeout }) });
      expect(result).toEqual({ isEnough: true, items: [] });
      expect(await typesOf(workflowId)).toEqual(['WorkflowStarted', 'WorkflowCompleted']);
    }
  });

  it('is given up when its time is over', async () => {
    const { workflowId, result } = await system.api.run('e2e.until-enough', { wanted: 1, timeout: '50ms' });
    expect(result).toEqual({ isEnough: false, items: [] });
    expect(await typesOf(workflowId)).toEqual(['WorkflowStarted', 'TimerStarted', 'TimerFired', 'WorkflowCompleted']);
  });

  it('cancels the timer of its time-out when it holds before', async () => {
    const { workflowId } = await system.api.started('e2e.until-enough', { wanted: 1, timeout: '1h' });
    await system.api.signal(workflowId, 'item', 1);
    expect((await system.api.outcome(workflowId)).result).toEqual({ isEnough: true, items: [1] });
    expect((await typesOf(workflowId)).slice(-2)).toEqual(['TimerCanceled', 'WorkflowCompleted']);
  });

  it('keeps a run waiting that nothing else holds open, until it is canceled', async () => {
    const { workflowId } = await system.api.started('e2e.until-enough', { wanted: 1 });
    await system.api.cancel(workflowId);
    expect(await system.api.outcome(workflowId)).toMatchObject({ status: 'Canceled' });
  });

  it('makes a lock: of those that wait for the same, one goes on at a time', async () => {
    const { result } = await system.api.run('e2e.taking-turns', { users: 4 });
    expect(result).toEqual({ results: [0, 2, 4, 6], mostAtOnce: 1 });
  });

  it('suspends its run when its predicate asks for work', async () => {
    const { workflowId } = await system.api.started('e2e.working-predicate');
    const suspended = await system.api.event(workflowId, 'WorkflowSuspended');
    expect(suspended.data).toMatchObject({ suspension: { reason: 'non-deterministic' } });
    await system.api.terminate(workflowId);
  });
});
