import { describe, expect, it } from '@jest/globals';
import { freshId } from '../api/api-client.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

/** A parent whose child waits for a signal. */
async function guarded(workflow: string, policies: object = {}) {
  const child = freshId('child');
  const parent = await system.api.started(workflow, { workflowId: child, ...policies });
  await system.api.event(parent.workflowId, 'ChildWorkflowStarted');
  return { child, parent: parent.workflowId };
}

describe('children', () => {
  it('run beside each other, and give their results to their parent', async () => {
    system.inAnyOrder('which child ends first');
    const { workflowId, runId, result } = await system.api.run('e2e.summing', [1, 2, 3]);
    expect(result).toEqual({ sum: 12, first: `${runId}.2` });
    const types = (await system.api.history(workflowId)).map(({ type }) => type);
    expect(types.filter((type) => type === 'ChildWorkflowInitiated')).toHaveLength(3);
    expect(types.filter((type) => type === 'ChildWorkflowClosed')).toHaveLength(3);
    expect(await system.api.describe(result.first)).toMatchObject({ status: 'Completed', parent: { workflowId, runId, childSeq: 2 } });
  });

  it('by the hundred', async () => {
    system.inAnyOrder('which child is started, and ends, first');
    const numbers = Array.from({ length: 200 }, (_, i) => i);
    expect((await system.api.run('e2e.summing', numbers)).result.sum).toBe(200 * 199);
  });

  it('that fail tell why', async () => {
    const { result } = await system.api.run('e2e.observing', { workflow: 'e2e.failing', input: { message: 'sold out' } });
    expect(result).toEqual({ status: 'Failed', failure: 'OutOfStock', reason: null });
  });

  it('that are terminated tell why', async () => {
    const child = freshId('child');
    const { workflowId } = await system.api.started('e2e.observing', { workflow: 'e2e.listening', workflowId: child });
    await system.api.event(workflowId, 'ChildWorkflowStarted');
    await system.api.terminate(child, 'by hand');
    expect((await system.api.outcome(workflowId)).result).toEqual({ status: 'Terminated', failure: null, reason: 'by hand' });
  });

  it('that continue as new report with their last run', async () => {
    const { result } = await system.api.run('e2e.observing', { workflow: 'e2e.countdown', input: { left: 3 } });
    expect(result).toEqual({ result: { done: true, value: 0 } });
  });

  it('with a large result give it whole', async () => {
    const text = 'x'.repeat(1_500_000);
    const { result } = await system.api.run('e2e.observing', { workflow: 'e2e.echo', input: text });
    expect(result.result).toBe(text);
  });

  it('do not start under an id that an open run has', async () => {
    const { workflowId } = await system.api.started('e2e.listening');
    const { result } = await system.api.run('e2e.observing', { workflow: 'e2e.doubling', input: 1, workflowId });
    expect(result).toEqual({ inUse: workflowId });
    await system.api.signal(workflowId, 'word', 'bye');
    await system.api.outcome(workflowId);
  });

  it('are signalled and canceled by their parent', async () => {
    const first = await guarded('e2e.guarding');
    await system.api.signal(first.parent, 'how', 'signal');
    expect((await system.api.outcome(first.parent)).result).toBe('from its parent');
    const second = await guarded('e2e.guarding');
    await system.api.signal(second.parent, 'how', 'cancel');
    expect((await system.api.outcome(second.parent)).result).toEqual(['Canceled', 'by its parent']);
  });

  it('are shown with their parent while they are open', async () => {
    const { child, parent } = await guarded('e2e.guarding');
    const { pending } = await system.api.describe(parent);
    expect(pending.children).toMatchObject([{ childSeq: 2, workflow: 'e2e.listening', workflowId: child, state: 'started' }]);
    const why = await system.api.call<{ waits: readonly { kind: string }[] }>('GET', `/workflows/${parent}/why`);
    expect(why.body.waits.map(({ kind }) => kind)).toContain('child');
    await system.api.signal(parent, 'how', 'return');
    expect((await system.api.outcome(child)).status).toBe('Terminated');
  });
});

describe('when a parent closes', () => {
  it.each([
    [undefined, 'Terminated'],
    ['terminate', 'Terminated'],
    ['cancel', 'Canceled'],
  ])('its child is ended by the policy %s', async (parentClosePolicy, status) => {
    const { child, parent } = await guarded('e2e.guarding', { parentClosePolicy });
    await system.api.signal(parent, 'how', 'return');
    expect((await system.api.outcome(child)).status).toBe(status);
  });

  it('its child is left alone by the policy abandon', async () => {
    const { child, parent } = await guarded('e2e.guarding', { parentClosePolicy: 'abandon' });
    await system.api.signal(parent, 'how', 'return');
    await system.api.outcome(parent);
    await system.api.signal(child, 'word', 'alone');
    expect(await system.api.outcome(child)).toMatchObject({ status: 'Completed', result: 'alone' });
  });

  it.each(['throw', 'continue'])('it makes no difference how (%s)', async (how) => {
    const { child, parent } = await guarded('e2e.guarding');
    await system.api.signal(parent, 'how', how);
    expect((await system.api.outcome(child)).status).toBe('Terminated');
    if (how !== 'continue') return;
    await system.api.signal(parent, 'how', 'return');
    await system.api.outcome(parent);
  });

  it('it makes no difference how (terminated)', async () => {
    const { child, parent } = await guarded('e2e.guarding');
    await system.api.terminate(parent);
    expect((await system.api.outcome(child)).status).toBe('Terminated');
  });

  it('its child ends with the children that it has itself', async () => {
    const grandchild = freshId('child');
    const family = { workflow: 'e2e.observing', input: { workflow: 'e2e.listening', workflowId: grandchild } };
    const { workflowId } = await system.api.started('e2e.observing', family);
    while ((await system.api.result(grandchild)).status === 404);
    await system.api.terminate(workflowId);
    expect((await system.api.outcome(grandchild)).status).toBe('Terminated');
  });

  it('a child that nobody had started yet is started all the same', async () => {
    const child = freshId('child');
    await system.api.run('e2e.hasty-parent', { workflowId: child, parentClosePolicy: 'abandon' });
    while ((await system.api.signal(child, 'word', 'late')).status === 404);
    expect((await system.api.outcome(child)).result).toBe('late');
  });
});

describe('when a parent is canceled', () => {
  it.each([
    ['request', 'Canceled'],
    ['wait', 'Canceled'],
  ])('its child is asked to cancel (%s)', async (cancellation, status) => {
    if (cancellation === 'request') system.inAnyNumber('whether the parent hears that its request was taken before it has ended');
    const { child, parent } = await guarded('e2e.canceled-parent', { cancellation, parentClosePolicy: 'abandon' });
    await system.api.cancel(parent, 'enough');
    expect((await system.api.outcome(parent)).status).toBe('Canceled');
    expect((await system.api.outcome(child)).status).toBe(status);
    const types = (await system.api.history(parent)).map(({ type }) => type);
    if (cancellation === 'wait') expect(types.indexOf('ChildWorkflowClosed')).toBeLessThan(types.indexOf('ActivityScheduled'));
  });

  it('its child is left alone when it is abandoned', async () => {
    const { child, parent } = await guarded('e2e.canceled-parent', { cancellation: 'abandon', parentClosePolicy: 'abandon' });
    await system.api.cancel(parent);
    await system.api.outcome(parent);
    await system.api.signal(child, 'word', 'still here');
    expect((await system.api.outcome(child)).result).toBe('still here');
  });
});

describe('any other workflow', () => {
  it('is signalled', async () => {
    const { workflowId, runId } = await system.api.started('e2e.listening');
    expect((await system.api.run('e2e.addressing', { workflowId, runId, word: 'hello' })).result).toBe('accepted');
    expect((await system.api.outcome(workflowId)).result).toBe('hello');
  });

  it('is asked to cancel', async () => {
    const { workflowId } = await system.api.started('e2e.listening');
    expect((await system.api.run('e2e.addressing', { workflowId })).result).toBe('accepted');
    expect((await system.api.outcome(workflowId)).status).toBe('Canceled');
  });

  it('has to be there, and open', async () => {
    const { workflowId } = await system.api.run('e2e.echo', 1);
    expect((await system.api.run('e2e.addressing', { workflowId, word: 1 })).result).toBe('ExternalWorkflowClosedError');
    expect((await system.api.run('e2e.addressing', { workflowId: freshId('nobody'), word: 1 })).result).toBe(
      'ExternalWorkflowNotFoundError',
    );
  });
});
