import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it, jest } from '@jest/globals';
import { type Payload, payloadReference, type ReplyAddress, runId as toRunId } from '@marathon/core';
import { GatewayWorld } from '../../test/gateway-world.js';
import { LargePayloads } from '../payloads/large-payloads.js';
import { ResultWaits, waitsMax } from '../results/result-waits.js';

const result = (value: unknown) => JSON.stringify(value) as Payload;

describe('POST /workflows?wait', () => {
  it('answers 200 with the result that the owner sends', async () => {
    await using world = await GatewayWorld.open();
    const answer = world.request('POST', '/workflows?wait=30s', { workflow: 'order', workflowId: 'o' });
    const { runId, replyTo } = await world.next('run-started');
    const to = replyTo as ReplyAddress;
    await world.publisher.publish([{ kind: 'run-closed', to, runId, status: 'Completed', result: result({ ok: true }) }]);
    expect(await answer).toMatchObject({
      status: 200,
      headers: { location: '/workflows/o' },
      body: { workflowId: 'o', runId, workflow: 'order', status: 'Completed', result: { ok: true } },
    });
  });

  it('answers with the failure of a run that failed, and leaves the result of undefined out', async () => {
    await using world = await GatewayWorld.open();
    for (const [outcome, expected] of [
      [
        { status: 'Failed', failure: { type: 'Declined', message: 'no', details: result({ code: 51 }) } },
        { failure: { type: 'Declined', message: 'no', details: { code: 51 } } },
      ],
      [{ status: 'Completed' }, {}],
    ] as const) {
      const answer = world.request('POST', '/workflows?wait=30s', { workflow: 'order' });
      const { runId, replyTo } = await world.next('run-started');
      await world.publisher.publish([{ kind: 'run-closed', to: replyTo as ReplyAddress, runId, ...outcome }]);
      const { body } = await answer;
      expect(body).toEqual({ workflowId: body.workflowId, runId, workflow: 'order', status: outcome.status, ...expected });
    }
  });

  it('answers 202 with the status when the time is over', async () => {
    await using world = await GatewayWorld.open();
    const answer = world.request('POST', '/workflows?wait=30s', { workflow: 'order', workflowId: 'o' });
    const { runId } = await world.next('run-started');
    await world.advance(runId, [['TimerStarted', { firesAtMs: 1, durationMs: 1 }]]);
    world.clock.advanceBy(30_000);
    expect(await answer).toMatchObject({ status: 202, body: { workflowId: 'o', runId, workflow: 'order', status: 'Running' } });
  });

  it('finds the end of a run by itself when nobody tells it (an owner died)', async () => {
    await using world = await GatewayWorld.open();
    const answer = world.request('POST', '/workflows?wait=30s', { workflow: 'order', workflowId: 'o' });
    const { runId } = await world.next('run-started');
    await world.advance(runId, [['WorkflowCompleted', {}, 'done']]);
    world.clock.advanceBy(3_000);
    expect(await answer).toMatchObject({ status: 200, body: { status: 'Completed', result: 'done' } });
  });

  it('asks the owner again while it waits', async () => {
    await using world = await GatewayWorld.open();
    const answer = world.request('POST', '/workflows?wait=30s', { workflow: 'order', workflowId: 'o' });
    const { runId, replyTo, to } = await world.next('run-started');
    world.clock.advanceBy(3_000);
    expect(await world.next('result-awaited')).toEqual({ kind: 'result-awaited', to, runId, replyTo });
    await world.publisher.publish([{ kind: 'run-closed', to: replyTo as ReplyAddress, runId, status: 'Completed' }]);
    expect(await answer).toMatchObject({ status: 200 });
  });

  it('reads a result that is too large for a message', async () => {
    await using world = await GatewayWorld.open();
    const answer = world.request('POST', '/workflows?wait=30s', { workflow: 'order', workflowId: 'o' });
    const { runId, replyTo } = await world.next('run-started');
    await world.advance(runId, [['WorkflowCompleted', {}, 'large']]);
    await world.publisher.publish([{ kind: 'run-closed', to: replyTo as ReplyAddress, runId, status: 'Completed', outcomeOmitted: true }]);
    expect(await answer).toMatchObject({ status: 200, body: { result: 'large' } });
  });

  it('waits for the open run that it uses', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const answer = world.request('POST', '/workflows?wait=30s', { workflow: 'order', workflowId: 'o', idConflict: 'useExisting' });
    const { replyTo } = await world.next('result-awaited');
    await world.publisher.publish([{ kind: 'run-closed', to: replyTo, runId, status: 'Completed', result: result(7) }]);
    expect(await answer).toMatchObject({ status: 200, body: { runId, result: 7 } });
  });
});

describe('GET /workflows/{workflowId}/result', () => {
  it('answers 202 at once for an open run', async () => {
    await using world = await GatewayWorld.open();
    await world.order('o');
    expect(await world.request('GET', '/workflows/o/result')).toMatchObject({ status: 202, body: { workflowId: 'o', status: 'Pending' } });
  });

  it('reads the result of a closed run', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    await world.advance(runId, [['WorkflowFailed', { failure: { type: 'E', message: 'm' } }]]);
    const { status, body } = await world.request('GET', '/workflows/o/result?wait=1s');
    expect(status).toBe(200);
    expect(body).toEqual({ workflowId: 'o', runId, workflow: 'order', status: 'Failed', failure: { type: 'E', message: 'm' } });
  });

  it('asks the owner, and answers two callers at once', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const answers = [world.request('GET', '/workflows/o/result?wait=1m'), world.request('GET', '/workflows/o/result?wait=2m')];
    const { replyTo } = await world.next('result-awaited');
    await world.next('result-awaited');
    await world.publisher.publish([{ kind: 'run-closed', to: replyTo, runId, status: 'Terminated' }]);
    expect(await Promise.all(answers)).toMatchObject([
      { status: 200, body: { status: 'Terminated' } },
      { status: 200, body: { status: 'Terminated' } },
    ]);
  });

  it('follows a run that continued as new', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const answer = world.request('GET', '/workflows/o/result?wait=1m');
    const { replyTo } = await world.next('result-awaited');
    const newRunId = toRunId('01939d1e-8b51-7d42-8a7f-3c7b1d6e5f22');
    const data = { workflow: 'order', workflowId: 'o', taskQueue: 'orders', continuedFrom: runId, firstRunId: runId };
    await world.advance(runId, [['WorkflowContinuedAsNew', { newRunId }]], {
      successor: { runId: newRunId, started: { seq: 1, type: 'WorkflowStarted', at: world.clock.now(), data } },
    });
    await world.publisher.publish([{ kind: 'run-closed', to: replyTo, runId, status: 'ContinuedAsNew' }]);
    const second = await world.next('result-awaited');
    expect(second.runId).toBe(newRunId);
    await world.publisher.publish([
      { kind: 'run-closed', to: second.replyTo, runId: newRunId, status: 'Completed', result: result('end') },
    ]);
    expect(await answer).toMatchObject({ status: 200, body: { workflowId: 'o', runId: newRunId, result: 'end' } });
    const ofFirst = await world.request('GET', `/workflows/o/result?runId=${runId}`);
    expect(ofFirst).toMatchObject({ status: 202, body: { runId: newRunId } });
  });

  it('answers 503 while too many large ones are on their way out', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const { payloads } = world.eventLog;
    const text = result('x'.repeat(300_000));
    const reference = payloads.referenceTo(text);
    await payloads.write(new Map([[reference, text]]));
    await world.advance(runId, [['WorkflowCompleted', {}, 'x'.repeat(300_000)]]);
    jest
      .spyOn(world.eventLog.reader, 'readClosings')
      .mockImplementation(async () => [{ runId, closing: { seq: 2, type: 'WorkflowCompleted', at: 0, data: {}, payload: reference } }]);
    const ask = () => world.request('GET', '/workflows/o/result');
    const slow = Object.assign(new EventEmitter(), { closed: false }) as unknown as ServerResponse;
    const other = payloadReference({ sha256: '0'.repeat(64), bytes: 128 * 1024 * 1024 });
    await expect(world.app.get(LargePayloads).textFor(slow, other)).rejects.toMatchObject({ code: 'MARATHON_PAYLOAD_MISSING' });

    expect(await ask()).toMatchObject({ status: 503, body: { code: 'MARATHON_OVERLOADED' } });
    slow.emit('close');
    expect(await ask()).toMatchObject({ status: 200, body: { result: 'x'.repeat(300_000) } });
  });

  it('bounds the number of those who wait', async () => {
    await using world = await GatewayWorld.open();
    const run = await world.order('o');
    const waits = world.app.get(ResultWaits);
    const open = Array.from({ length: waitsMax }, () => waits.open(run));
    const overloaded = { status: 503, body: { code: 'MARATHON_OVERLOADED' } };
    expect(await world.request('GET', '/workflows/o/result?wait=1s')).toMatchObject(overloaded);
    expect(await world.request('POST', '/workflows?wait=1s', { workflow: 'order', workflowId: 'p' })).toMatchObject(overloaded);
    expect(await world.eventLog.reader.find('default', 'p')).toBeUndefined();
    for (const wait of open) wait.release();
    const answer = world.request('GET', '/workflows/o/result?wait=1s');
    await world.next('result-awaited');
    world.clock.advanceBy(1_000);
    expect(await answer).toMatchObject({ status: 202 });
  });

  it('lets go of those who wait when it shuts down', async () => {
    const world = await GatewayWorld.open();
    await world.order('o');
    const answer = world.request('GET', '/workflows/o/result?wait=2m');
    await world.next('result-awaited');
    await world[Symbol.asyncDispose]();
    expect(await answer).toMatchObject({ status: 202 });
  });
});
