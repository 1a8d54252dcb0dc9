import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../api/answers.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

async function adding(...numbers: readonly number[]): Promise<string> {
  const { workflowId } = await system.api.started('e2e.adding');
  for (const number of numbers) await system.api.signal(workflowId, 'add', number);
  return workflowId;
}

const answerOf = async (workflowId: string, name: string, input?: unknown) => {
  const { status, body } = await system.api.query<{ readonly result: unknown }>(workflowId, name, input);
  return [status, body.result];
};

describe('a query', () => {
  it('is answered by the code of a run, with all that the run was sent before', async () => {
    const workflowId = await adding(1, 20, 3);
    expect(await answerOf(workflowId, 'total')).toEqual([200, 24]);
    expect(await answerOf(workflowId, 'above', { limit: 2 })).toEqual([200, [20, 3]]);
  });

  it('leaves no trace', async () => {
    const workflowId = await adding(5);
    await answerOf(workflowId, 'total');
    const before = await system.api.history(workflowId);
    expect(await Promise.all(Array.from({ length: 20 }, () => answerOf(workflowId, 'total')))).toEqual(Array(20).fill([200, 5]));
    expect(await system.api.history(workflowId)).toEqual(before);
  });

  it('is answered by a run that has closed', async () => {
    const workflowId = await adding(60, 40);
    await system.api.outcome(workflowId);
    expect(await answerOf(workflowId, 'total')).toEqual([200, 100]);
  });

  it('is answered by a run that was terminated, as far as it got', async () => {
    const workflowId = await adding(60);
    expect(await answerOf(workflowId, 'total')).toEqual([200, 60]);
    await system.api.terminate(workflowId);
    await system.api.outcome(workflowId);
    expect(await answerOf(workflowId, 'total')).toEqual([200, 60]);
  });

  it('fails when its handler does more than look, and changes nothing', async () => {
    const workflowId = await adding(5);
    const { status, body } = await system.api.query<Problem>(workflowId, 'greedy');
    expect([status, body]).toEqual([
      422,
      expect.objectContaining({ code: 'MARATHON_QUERY_FAILED', failure: expect.objectContaining({ type: 'ReadOnlyHandlerError' }) }),
    ]);
    await system.api.signal(workflowId, 'add', 95);
    expect((await system.api.outcome(workflowId)).result).toBe(100);
    const types = (await system.api.history(workflowId)).map(({ type }) => type);
    expect(types).toEqual(['WorkflowStarted', 'SignalReceived', 'SignalReceived', 'WorkflowCompleted']);
  });

  it('that the run does not know is refused with those that it knows', async () => {
    const workflowId = await adding();
    const { status, body } = await system.api.query<Problem>(workflowId, 'totl');
    expect([status, body]).toEqual([404, expect.objectContaining({ code: 'MARATHON_QUERY_UNKNOWN', names: ['above', 'greedy', 'total'] })]);
  });

  it('of a run that has not begun is refused, and says why', async () => {
    const { workflowId } = await system.api.started('e2e.adding', undefined, { startDelay: '1h' });
    const { status, body } = await system.api.query<Problem>(workflowId, 'total');
    expect([status, body]).toEqual([409, expect.objectContaining({ code: 'MARATHON_QUERY_UNANSWERABLE' })]);
    await system.api.terminate(workflowId);
  });

  it('of a run that there is none is refused', async () => {
    expect((await system.api.query('no-such-run', 'total')).status).toBe(404);
  });
});
