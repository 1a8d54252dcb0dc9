import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../api/answers.js';
import { freshId } from '../api/api-client.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

/** A run whose code has gone wrong; it is terminated at the end of the test by whoever is done with it. */
async function suspended(workflow: string, input?: unknown) {
  const { workflowId } = await system.api.started(workflow, input);
  await system.api.event(workflowId, 'WorkflowSuspended');
  return { workflowId, run: await system.api.describe(workflowId) };
}

describe('a run is suspended, and says why, when its code', () => {
  it.each(['fetch', 'setTimeout', 'readFileSync'])('calls %s, although it catches what that throws', async (call) => {
    const { workflowId, run } = await suspended('e2e.forbidden-call', { call });
    expect(run).toMatchObject({ status: 'Suspended', suspension: { reason: 'non-deterministic', message: expect.stringContaining(call) } });
    await system.api.terminate(workflowId);
  });

  it('awaits what no history can bring back', async () => {
    const { workflowId, run } = await suspended('e2e.foreign-await');
    expect(run.suspension).toMatchObject({ reason: 'foreign-await', message: expect.stringContaining('not durable') });
    await system.api.terminate(workflowId);
  });

  it('awaits what a library settles, be the run in memory by then or not', async () => {
    const { workflowId, run } = await suspended('e2e.library');
    expect(run.suspension).toMatchObject({ reason: 'foreign-await', message: expect.stringContaining('e2e.double') });
    await system.api.terminate(workflowId);
  });

  it('gives a command when it is not its turn', async () => {
    const { workflowId, run } = await suspended('e2e.out-of-turn');
    expect(run.suspension).toMatchObject({ reason: 'foreign-await', message: expect.stringContaining('e2e.double') });
    await system.api.terminate(workflowId);
  });

  it('leaves a rejection to nobody, and no other run is hurt', async () => {
    const others = Array.from({ length: 20 }, () => system.api.run('e2e.sequence', { start: 1, count: 5 }));
    const { workflowId, run } = await suspended('e2e.unhandled-rejection');
    expect(run.suspension).toMatchObject({ reason: 'unhandled-rejection', message: expect.stringContaining('nobody looks') });
    for (const { result } of await Promise.all(others)) expect(result).toBe(32);
    await system.api.terminate(workflowId);
  });
});

describe('a suspended run', () => {
  it('goes on where it stood when its code was mended, with what came meanwhile', async () => {
    const { workflowId } = await suspended('e2e.mended');
    expect((await system.api.signal(workflowId, 'go', 'meanwhile')).status).toBe(202);
    await system.api.event(workflowId, 'SignalReceived');
    expect((await system.api.describe(workflowId)).status).toBe('Suspended');
    expect((await system.api.resume(workflowId)).status).toBe(202);
    const { result } = await system.api.outcome(workflowId);
    const scheduled = await system.api.event(workflowId, 'ActivityScheduled');
    expect(result).toEqual({ chance: scheduled.data.input, signal: 'meanwhile' });
    const resumed = await system.api.event(workflowId, 'WorkflowResumed');
    expect(resumed.data).toEqual({ n: 2 });
  });

  it('keeps an update until its code goes on, and answers queries from where it stands', async () => {
    const { workflowId } = await suspended('e2e.mended');
    const key = freshId('key');
    const sent = await system.api.update(workflowId, 'raise', 2, key, '0ms');
    expect(sent.status).toBe(202);
    expect(await system.api.query(workflowId, 'level')).toMatchObject({ status: 200, body: { result: 0 } });
    await system.api.resume(workflowId);
    const answer = await system.api.call('GET', String(sent.headers.location));
    expect(answer).toMatchObject({ status: 200, body: { updateId: key, result: 2 } });
    expect(await system.api.update(workflowId, 'raise', 2, key)).toMatchObject({ status: 200, body: answer.body });
    expect(await system.api.query(workflowId, 'level')).toMatchObject({ status: 200, body: { result: 2 } });
    await system.api.signal(workflowId, 'go');
    expect((await system.api.outcome(workflowId)).status).toBe('Completed');
  });

  it('stays suspended when the code does something else than its history says, and shows both', async () => {
    const { workflowId } = await suspended('e2e.fickle');
    const first = await system.api.event(workflowId, 'WorkflowSuspended');
    await system.api.resume(workflowId);
    await system.api.event(workflowId, 'WorkflowSuspended', { after: first.seq });
    const run = await system.api.describe(workflowId);
    expect(run.suspension).toMatchObject({
      reason: 'non-deterministic',
      expected: expect.stringContaining('e2e.double'),
      actual: expect.stringContaining('e2e.echo'),
    });
    await system.api.terminate(workflowId);
  });

  it('can be terminated', async () => {
    const { workflowId } = await suspended('e2e.foreign-await');
    await system.api.terminate(workflowId, 'given up');
    expect((await system.api.outcome(workflowId)).status).toBe('Terminated');
  });

  it('is found in the list', async () => {
    const { workflowId, run } = await suspended('e2e.foreign-await');
    const { workflows } = (await system.api.list({ workflowId, status: 'Suspended' })).body;
    expect(workflows.map(({ runId }) => runId)).toEqual([run.runId]);
    await system.api.terminate(workflowId);
  });

  it('is the only one that can be resumed', async () => {
    const open = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    const closed = await system.api.run('e2e.echo');
    const codes = [];
    for (const { workflowId } of [open, closed]) {
      const { status, body } = await system.api.resume<Problem>(workflowId);
      codes.push([status, body.code]);
    }
    expect(codes).toEqual([
      [409, 'MARATHON_RUN_NOT_SUSPENDED'],
      [409, 'MARATHON_RUN_CLOSED'],
    ]);
  });
});
