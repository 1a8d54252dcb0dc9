import { describe, expect, it } from '@jest/globals';
import { type HistoryEvent, type Payload, runId, shardId } from '../../index.js';
import { ResultWaiters } from './result-waiters.js';

const [a, b] = [runId('a'), runId('b')];
const shard = shardId(1);
const closing = { seq: 2, at: 1, type: 'WorkflowCompleted', data: {}, payload: '1' as Payload } as HistoryEvent;
const to = (correlationId: string, partition = 0) => ({ partition, correlationId });

describe('ResultWaiters', () => {
  it('answers everybody who waits for a run, each once', () => {
    const waiters = new ResultWaiters();
    for (const address of [to('x'), to('y'), to('x'), to('x', 1)]) waiters.add(a, shard, address);
    waiters.add(b, shard, to('z'));
    expect(waiters.answer(a, closing)).toEqual(
      [to('x'), to('y'), to('x', 1)].map((address) => ({ kind: 'run-closed', to: address, runId: a, status: 'Completed', result: '1' })),
    );
    expect(waiters.answer(a, closing)).toEqual([]);
    expect(waiters.size).toBe(1);
  });

  it.each([
    [
      { type: 'WorkflowFailed', data: { failure: { type: 'E', message: 'm' } } },
      { status: 'Failed', failure: { type: 'E', message: 'm' } },
    ],
    [{ type: 'WorkflowTerminated', data: { n: 1 } }, { status: 'Terminated' }],
    [{ type: 'WorkflowCompleted', data: {} }, { status: 'Completed' }],
  ])('says how the run ended: %j', (event, outcome) => {
    const waiters = new ResultWaiters();
    waiters.add(a, shard, to('x'));
    expect(waiters.answer(a, { seq: 2, at: 1, ...event } as HistoryEvent)).toEqual([
      { kind: 'run-closed', to: to('x'), runId: a, ...outcome },
    ]);
  });

  it('forgets those of a shard that is lost', () => {
    const waiters = new ResultWaiters();
    waiters.add(a, shard, to('x'));
    waiters.add(b, shardId(2), to('y'));
    waiters.forgetShard(shard);
    expect(waiters.answer(a, closing)).toEqual([]);
    expect(waiters.answer(b, closing)).toHaveLength(1);
  });

  it('forgets the oldest above its bounds', () => {
    const waiters = new ResultWaiters();
    for (let i = 0; i < 20_001; i++) waiters.add(runId(`${i}`), shard, to('x'));
    expect(waiters.size).toBe(20_000);
    expect(waiters.answer(runId('0'), closing)).toEqual([]);
    for (let i = 0; i < 101; i++) waiters.add(runId('1'), shard, to(`${i}`));
    expect(waiters.answer(runId('1'), closing).map((answer) => answer.to.correlationId)).toEqual(
      Array.from({ length: 100 }, (_, i) => `${i + 1}`),
    );
  });
});
