import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { HistoryEntry } from '../history-checks.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const typesOf = (history: readonly HistoryEntry[]) => history.map(({ type }) => type);
/** What activities were asked to say. */
const saidIn = (history: readonly HistoryEntry[]) =>
  history.filter(({ type, data }) => type === 'ActivityScheduled' && data.activity === 'e2e.echo').map(({ data }) => data.input);
/** A workflow id, and where to tell its run something. */
const observed = (signal: string) => {
  const workflowId = `observed-${randomUUID()}`;
  return { workflowId, notify: `${system.api.url}/workflows/${workflowId}/signals/${signal}` };
};

describe('a scope', () => {
  it('cancels its activity when its time is over, and the worker is told', async () => {
    const { workflowId, notify } = observed('told');
    await system.api.start({ workflow: 'e2e.timed-scope', workflowId, input: { notify } });
    expect((await system.api.outcome(workflowId)).result).toEqual({ isTimeOut: true, told: { because: 'canceled', attempt: 1 } });
    expect(typesOf(await system.api.history(workflowId))).toEqual(expect.arrayContaining(['TimerFired', 'ActivityCanceled']));
  });

  it('is canceled by the code around it with all that it waits for, and nothing else is', async () => {
    system.inAnyNumber('whether the activity tells of its end before the run has closed');
    const { workflowId, notify } = observed('unheard');
    await system.api.start({ workflow: 'e2e.two-scopes', workflowId, input: { notify } });
    await system.api.signal(workflowId, 'cancel');
    await system.api.signal(workflowId, 'other', 1);
    const { result } = await system.api.outcome(workflowId);
    expect(result).toEqual({ error: { name: 'ScopeCanceledError', reason: 'no longer wanted' }, other: [1, 4] });
    const history = await system.api.history(workflowId);
    const canceled = history.filter(({ type }) => type === 'ActivityCanceled' || type === 'TimerCanceled');
    expect(canceled.map(({ type, data }) => [type, data.activitySeq ?? data.timerSeq])).toEqual([
      ['ActivityCanceled', 2],
      ['TimerCanceled', 3],
    ]);
  });

  it('that is canceled at once asks nobody for anything', async () => {
    const { workflowId, result } = await system.api.run('e2e.scope-given-up');
    expect(result).toBe('ScopeCanceledError');
    expect(typesOf(await system.api.history(workflowId))).toEqual(['WorkflowStarted', 'WorkflowCompleted']);
  });
});

describe('a shield', () => {
  it('lets what is in it be done although the time of the scope around it is over, which comes right after it', async () => {
    const { workflowId } = await system.api.started('e2e.shield-in-scope');
    await system.api.event(workflowId, 'TimerFired');
    await system.api.signal(workflowId, 'charged');
    expect((await system.api.outcome(workflowId)).result).toEqual({ charged: true, error: 'ScopeTimedOutError' });
  });

  it('lets what is in it be done although the run is canceled, and the cancellation comes right after it', async () => {
    const { workflowId } = await system.api.started('e2e.shielded');
    await system.api.cancel(workflowId);
    await system.api.event(workflowId, 'CancelRequested');
    await system.api.signal(workflowId, 'charged');
    expect((await system.api.outcome(workflowId)).status).toBe('Canceled');
    const charged = { charged: true, cancelRequested: true };
    expect(saidIn(await system.api.history(workflowId))).toEqual([charged, { refunded: charged }]);
  });

  it('changes nothing for a run that is not canceled', async () => {
    const { workflowId } = await system.api.started('e2e.shielded');
    await system.api.signal(workflowId, 'charged');
    expect((await system.api.outcome(workflowId)).status).toBe('Completed');
    expect(saidIn(await system.api.history(workflowId))).toEqual([{ charged: true, cancelRequested: false }, 'shipped']);
  });
});

describe('a saga', () => {
  it('takes back what was done, the last first, when something fails', async () => {
    const { workflowId, status, failure } = await system.api.run('e2e.trip', { booked: 2 });
    expect({ status, failure }).toMatchObject({ status: 'Failed', failure: { type: 'ActivityFailedError', cause: { type: 'SoldOut' } } });
    expect(saidIn(await system.api.history(workflowId))).toEqual([
      'flight booked',
      'hotel booked',
      'hotel taken back',
      'flight taken back',
    ]);
  });

  it('takes back what was done when its run is canceled, which closes as canceled', async () => {
    const { workflowId } = await system.api.started('e2e.trip', { booked: 3, cancels: true });
    await system.api.event(workflowId, 'TimerStarted');
    await system.api.cancel(workflowId, 'another plan');
    expect((await system.api.outcome(workflowId)).status).toBe('Canceled');
    const said = saidIn(await system.api.history(workflowId));
    expect(said.slice(3)).toEqual(['car taken back', 'hotel taken back', 'flight taken back']);
  });

  it('goes on when something cannot be taken back, and says what', async () => {
    const { workflowId, failure } = await system.api.run('e2e.trip', { booked: 3, stuck: ['hotel'] });
    expect(failure).toMatchObject({
      type: 'CompensationFailedError',
      details: [{ compensation: 'hotel', failure: expect.stringContaining('Stuck') }],
      cause: { type: 'ActivityFailedError', cause: { type: 'SoldOut' } },
    });
    expect(saidIn(await system.api.history(workflowId)).slice(3)).toEqual(['car taken back', 'flight taken back']);
  });

  it('stops at what cannot be taken back, when it is told to', async () => {
    const input = { booked: 3, stuck: ['hotel'], options: { onCompensationFailure: 'stop' } };
    const { workflowId, failure } = await system.api.run('e2e.trip', input);
    expect(failure).toMatchObject({ type: 'CompensationFailedError', details: [{ compensation: 'hotel' }] });
    expect(saidIn(await system.api.history(workflowId)).slice(3)).toEqual(['car taken back']);
  });
});
