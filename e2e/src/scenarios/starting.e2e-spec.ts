import { describe, expect, it } from '@jest/globals';
import type { Outcome, Problem, Started } from '../api/answers.js';
import { freshId } from '../api/api-client.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

describe('starting a workflow', () => {
  it('is answered with the ids under which it runs', async () => {
    const workflowId = freshId('start');
    const { status, body, headers } = await system.api.start({ workflow: 'e2e.echo', workflowId, input: 1 });
    expect(status).toBe(201);
    expect(body).toEqual({ workflowId, runId: expect.stringMatching(/^[0-9a-f-]{36}$/), status: 'Pending' });
    expect(headers.location).toBe(`/workflows/${workflowId}`);
    expect(await system.api.outcome(workflowId)).toEqual({
      workflowId,
      runId: body.runId,
      workflow: 'e2e.echo',
      status: 'Completed',
      result: 1,
    });
  });

  it('gives it an id of its own when none was sent', async () => {
    const [one, other] = await Promise.all([0, 1].map(() => system.api.start({ workflow: 'e2e.nothing' })));
    expect(one?.status).toBe(201);
    expect(one?.body.workflowId).not.toBe(other?.body.workflowId);
  });

  it('takes any id that a path can carry', async () => {
    const workflowId = `${freshId('a/b c?d=ü#🦊')}%41`;
    const { headers } = await system.api.start({ workflow: 'e2e.identity', workflowId });
    expect(headers.location).toBe(`/workflows/${encodeURIComponent(workflowId)}`);
    expect(await system.api.outcome(workflowId)).toMatchObject({ result: { workflowId, workflow: 'e2e.identity' } });
  });

  it('keeps memo and search attributes', async () => {
    const memo = { note: 'for Ada', nested: { list: [1, null] } };
    const searchAttributes = { customer: 'ada', amount: 9.5, isGift: true };
    const { workflowId } = await system.api.started('e2e.echo', undefined, { memo, searchAttributes });
    expect(await system.api.describe(workflowId)).toMatchObject({ memo, searchAttributes });
  });

  it('runs on the queue that the workflow is registered on, also when that is named', async () => {
    const { result } = await system.api.run('e2e.identity');
    const named = await system.api.run('e2e.identity', undefined, { taskQueue: result.taskQueue });
    expect(named.result.taskQueue).toBe(result.taskQueue);
  });
});

describe('starting with ?wait', () => {
  it('is answered with the result when the run ends in time', async () => {
    const answer = await system.api.start<Outcome>({ workflow: 'e2e.sequence', input: { start: 3, count: 2 } }, { wait: '30s' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'Completed', result: 12 });
  });

  it('is answered with the failure when the run fails', async () => {
    const answer = await system.api.start<Outcome>({ workflow: 'e2e.failing', input: { message: 'sold out' } }, { wait: '30s' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'Failed', failure: { type: 'OutOfStock', message: 'sold out' } });
    expect(answer.body).not.toHaveProperty('result');
  });

  it('leaves the result out when there is none', async () => {
    const answer = await system.api.start<Outcome>({ workflow: 'e2e.nothing' }, { wait: '30s' });
    expect(answer.body).not.toHaveProperty('result');
  });

  it('is answered 202 when the run goes on for longer', async () => {
    const answer = await system.api.start<Outcome>({ workflow: 'e2e.sleep', input: { duration: '1h' } }, { wait: '100ms' });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ workflow: 'e2e.sleep', status: expect.stringMatching(/^(Pending|Running)$/) });
  });
});

describe('a workflow id', () => {
  it('belongs to one open run: another start is refused, and told which', async () => {
    const { workflowId, runId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    const { status, body } = await system.api.start<Problem>({ workflow: 'e2e.echo', workflowId });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'MARATHON_WORKFLOW_ID_IN_USE', workflowId, runId });
  });

  it('leads to the open run when that is asked for', async () => {
    const { workflowId, runId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    const { status, body } = await system.api.start({ workflow: 'e2e.echo', workflowId, idConflict: 'useExisting' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ workflowId, runId });
  });

  it('lets a second client wait for the open run', async () => {
    const { workflowId, runId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    const start = { workflow: 'e2e.collect', workflowId, idConflict: 'useExisting' };
    const { status, body } = await system.api.start<Outcome>(start, { wait: '100ms' });
    expect([status, body.runId, body.workflow]).toEqual([202, runId, 'e2e.collect']);
  });

  it('is free again when its run has closed; without a run id the latest one is meant', async () => {
    const workflowId = freshId('again');
    const first = await system.api.run('e2e.echo', 'first', { workflowId });
    const second = await system.api.run('e2e.echo', 'second', { workflowId });
    expect(second.runId).not.toBe(first.runId);
    expect(await system.api.describe(workflowId)).toMatchObject({ runId: second.runId, result: 'second' });
    expect(await system.api.describe(workflowId, { runId: first.runId })).toMatchObject({ runId: first.runId, result: 'first' });
  });

  it('is won by one of many starts at once; the others are told by whom', async () => {
    const workflowId = freshId('contended');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        system.api.start<Started & Problem>({ workflow: 'e2e.collect', workflowId, input: { name: 'go', count: 1 } }),
      ),
    );
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect(new Set(answers.map(({ body }) => body.runId)).size).toBe(1);
  });
});

describe('a start with a signal', () => {
  const start = (workflowId: string, payload: unknown, key?: string) =>
    system.api.start(
      { workflow: 'e2e.collect', workflowId, input: { name: 'item', count: 3 }, signal: { name: 'item', payload } },
      {},
      key,
    );

  it('starts a run that has it, and gives it to the open run of that id afterwards, in order', async () => {
    const workflowId = freshId('signaled');
    const answers = [await start(workflowId, 'a'), await start(workflowId, 'b'), await start(workflowId, 'c')];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.runId)).size).toBe(1);
    expect(await system.api.outcome(workflowId)).toMatchObject({ status: 'Completed', result: ['a', 'b', 'c'] });
  });

  it('loses none of many at once, whichever of them starts the run', async () => {
    const workflowId = freshId('signaled');
    const answers = await Promise.all(['a', 'b', 'c'].map((payload) => start(workflowId, payload)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 201]);
    const { result } = await system.api.outcome(workflowId);
    expect((result as string[]).toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('counts once under one key, also when the run that got the signal has closed', async () => {
    const workflowId = freshId('signaled');
    await start(workflowId, 'first');
    const key = freshId('key');
    const answers = [await start(workflowId, 'b', key), await start(workflowId, 'b', key)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await start(workflowId, 'c');
    expect(await system.api.outcome(workflowId)).toMatchObject({ result: ['first', 'b', 'c'] });
    expect(await start(workflowId, 'b', key)).toMatchObject({ status: 200, body: { runId: answers[0]?.body.runId, status: 'Completed' } });
    expect(await system.api.describe(workflowId)).toMatchObject({ status: 'Completed' });
  });

  it('is refused without a trace when the signal has no name', async () => {
    const workflowId = freshId('signaled');
    const { status, body } = await system.api.start<Problem>({ workflow: 'e2e.echo', workflowId, signal: { payload: 1 } });
    expect([status, body.code, body.errors?.[0]?.field]).toEqual([400, 'MARATHON_REQUEST_INVALID', 'signal.name']);
  });
});

describe('an Idempotency-Key', () => {
  it('makes a repeated start the same start', async () => {
    const key = freshId('key');
    const [first, repeated] = [
      await system.api.start({ workflow: 'e2e.echo', input: 7 }, {}, key),
      await system.api.start({ workflow: 'e2e.echo', input: 7 }, {}, key),
    ];
    expect([first.status, repeated.status]).toEqual([201, 201]);
    expect(repeated.body.runId).toBe(first.body.runId);
  });

  it('holds among many at once, and after the run has closed', async () => {
    const key = freshId('key');
    const start = { workflow: 'e2e.echo', workflowId: freshId('keyed'), input: 7 };
    const answers = await Promise.all(Array.from({ length: 20 }, () => system.api.start(start, {}, key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    await system.api.outcome(start.workflowId);
    const late = await system.api.start(start, {}, key);
    expect(late.status).toBe(201);
    expect(new Set([...answers, late].map(({ body }) => body.runId)).size).toBe(1);
  });

  it('gives the repeated start the result, when it waits for it', async () => {
    const key = freshId('key');
    const start = { workflow: 'e2e.echo', workflowId: freshId('keyed'), input: 'once' };
    const answers = [
      await system.api.start<Outcome>(start, { wait: '30s' }, key),
      await system.api.start<Outcome>(start, { wait: '30s' }, key),
    ];
    expect(answers.map(({ status, body }) => [status, body.result])).toEqual([
      [200, 'once'],
      [200, 'once'],
    ]);
    expect(answers[1]?.body.runId).toBe(answers[0]?.body.runId);
  });

  it('is refused for another start', async () => {
    const key = freshId('key');
    const workflowId = freshId('keyed');
    await system.api.start({ workflow: 'e2e.echo', workflowId, input: 1 }, {}, key);
    const { status, body } = await system.api.start<Problem>({ workflow: 'e2e.echo', workflowId, input: 2 }, {}, key);
    expect(status).toBe(422);
    expect(body.code).toBe('MARATHON_IDEMPOTENCY_KEY_REUSED');
  });
});

describe('many runs at once', () => {
  it('all end with their own results', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, i) => system.api.run('e2e.sequence', { start: i, count: 3 }, { workflowId: freshId('many') })),
    );
    expect(outcomes.map(({ result }) => result)).toEqual(Array.from({ length: 200 }, (_, i) => i * 8));
  });
});
