import { describe, expect, it } from '@jest/globals';
import type { Payload, RunAnsweredMessage } from '@marathon/core';
import { GatewayWorld } from '../../test/gateway-world.js';
import { Questions, questionsMax } from '../questions/questions.js';

type Answer = Omit<RunAnsweredMessage, 'kind' | 'to' | 'runId'>;

/** Asks a run for its progress, and answers as its owner. */
async function asked(world: GatewayWorld, answer: Answer) {
  const { runId } = await world.order('o');
  const response = world.request('POST', '/workflows/o/queries/progress', { of: 3 });
  const question = await world.next('query-requested');
  expect(question).toMatchObject({ runId, name: 'progress', input: '{"of":3}' });
  await world.publisher.publish([{ kind: 'run-answered', to: question.replyTo, runId, ...answer }]);
  return { runId, ...(await response) };
}

describe('POST /workflows/{workflowId}/queries/{name}', () => {
  it('answers with what the owner of the run says', async () => {
    await using world = await GatewayWorld.open();
    const { runId, status, body } = await asked(world, { outcome: 'completed', result: '{"done":2}' as Payload });
    expect([status, body]).toEqual([200, { workflowId: 'o', runId, result: { done: 2 } }]);
  });

  it('leaves an answer of undefined out', async () => {
    await using world = await GatewayWorld.open();
    const { runId, status, body } = await asked(world, { outcome: 'completed' });
    expect([status, body]).toEqual([200, { workflowId: 'o', runId }]);
  });

  it.each<[Answer, number, object]>([
    [{ outcome: 'unknown', names: ['lines', 'progres'] }, 404, { code: 'MARATHON_QUERY_UNKNOWN', names: ['lines', 'progres'] }],
    [{ outcome: 'unanswerable', reason: 'its code never began' }, 409, { code: 'MARATHON_QUERY_UNANSWERABLE', runStatus: 'Pending' }],
    [
      { outcome: 'failed', failure: { type: 'RangeError', message: 'no such line', details: '{"line":3}' as Payload } },
      422,
      { code: 'MARATHON_QUERY_FAILED', failure: { type: 'RangeError', message: 'no such line', details: { line: 3 } } },
    ],
    [
      { outcome: 'completed', outcomeOmitted: true },
      422,
      { code: 'MARATHON_QUERY_FAILED', detail: 'the answer is larger than a message of 1 MiB' },
    ],
  ])('refuses by what the owner says: %j', async (answer, status, problem) => {
    await using world = await GatewayWorld.open();
    expect(await asked(world, answer)).toMatchObject({ status, body: problem });
  });

  it('asks again while no answer comes', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const response = world.request('POST', '/workflows/o/queries/progress');
    await world.next('query-requested');
    world.clock.advanceBy(2_000);
    const { replyTo: to } = await world.next('query-requested');
    await world.publisher.publish([{ kind: 'run-answered', to, runId, outcome: 'completed', result: '1' as Payload }]);
    expect(await response).toMatchObject({ status: 200, body: { result: 1 } });
  });

  it('gives up when the time is over', async () => {
    await using world = await GatewayWorld.open();
    await world.order('o');
    const response = world.request('POST', '/workflows/o/queries/progress?wait=3s');
    await world.next('query-requested');
    world.clock.advanceBy(3_000);
    expect(await response).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { code: 'MARATHON_RUN_UNREACHABLE' } });
  });

  it('refuses input that no message can carry', async () => {
    await using world = await GatewayWorld.open();
    await world.order('o');
    const answer = await world.request(
      'POST',
      '/workflows/o/queries/progress',
      'x'.repeat(1_100_000).replace(/.*/, (text) => JSON.stringify(text)),
    );
    expect(answer).toMatchObject({ status: 413, body: { code: 'MARATHON_BODY_TOO_LARGE' } });
  });

  it('knows which runs there are', async () => {
    await using world = await GatewayWorld.open();
    expect(await world.request('POST', '/workflows/none/queries/progress')).toMatchObject({
      status: 404,
      body: { code: 'MARATHON_WORKFLOW_NOT_FOUND' },
    });
  });

  it('holds no more than 10,000 questions', async () => {
    await using world = await GatewayWorld.open();
    const { shard } = await world.order('o');
    const questions = world.app.get(Questions);
    const message = () => ({ kind: 'run-events', runs: [] }) as const;
    const open = Array.from({ length: questionsMax }, () => questions.ask({ shard, message }, 1e12));
    await expect(questions.ask({ shard, message }, 1e12)).rejects.toMatchObject({ code: 'MARATHON_OVERLOADED' });
    questions.onModuleDestroy();
    expect(new Set(await Promise.all(open))).toEqual(new Set([undefined]));
  });
});
