import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunId } from '@marathon/core';
import { ActivityTokens } from '@marathon/host';
import { writeToken } from '@marathon/protocol';
import { GatewayWorld } from '../../test/gateway-world.js';

let world: GatewayWorld;
let runId: RunId;
let tokens: ActivityTokens;

/** A run that waits for its activity 2. */
beforeEach(async () => {
  world = await GatewayWorld.open();
  ({ runId } = await world.order('o'));
  await world.advance(runId, [['ActivityScheduled', { activity: 'charge' }, 'input']]);
  tokens = await ActivityTokens.load(world.eventLog.secrets);
});
afterEach(() => world[Symbol.asyncDispose]());

/** As the workers of a queue make it. */
const tokenOf = (attempt = 1, activitySeq = 2, taskQueue = 'orders') =>
  writeToken(tokens.keyOf(taskQueue), { runId, activitySeq, attempt }, (key, text) => createHmac('sha256', key).update(text).digest());
const post = (verb: string, body?: unknown, token = tokenOf()) => world.request('POST', `/tokens/${token}/${verb}`, body);
const failed = { type: 'E', message: 'm' };
const accepted = async () => (await world.eventLog.runStore.readRequests([{ runId, taken: 0 }])).requests.map(({ request }) => request);
const over = (detail: unknown) => ({ status: 409, body: { code: 'MARATHON_ATTEMPT_OVER', workflowId: 'o', runId, detail } });

describe('POST /tokens/{token}/complete', () => {
  it('answers 202 when the result is durable, and nudges the owner', async () => {
    expect(await post('complete', { receipt: 7 })).toMatchObject({ status: 202, body: { workflowId: 'o', runId } });

    const request = { kind: 'complete-activity', n: 1, activitySeq: 2, attempt: 1, payload: '{"receipt":7}' };
    expect(await accepted()).toEqual([request]);
    expect(await world.next('request-accepted')).toMatchObject({ runId, n: 1, request });
  });

  it('takes no body for no result', async () => {
    expect((await post('complete')).status).toBe(202);
    expect(await accepted()).toEqual([{ kind: 'complete-activity', n: 1, activitySeq: 2, attempt: 1 }]);
  });

  it('is the same one when it is sent again, also when the run is closed by then', async () => {
    const first = await post('complete', 1);
    expect(await post('complete', 1)).toMatchObject({ status: 202, body: first.body });
    await world.advance(runId, [
      ['ActivityCompleted', { activitySeq: 2, attempt: 1, n: 1 }, 1],
      ['WorkflowCompleted', {}],
    ]);
    expect(await post('complete', 1)).toMatchObject({ status: 202, body: first.body });
    expect(await post('complete', 2)).toMatchObject(over('the activity has completed'));
  });

  it('is refused when another outcome was accepted before', async () => {
    await post('complete', 1);
    expect(await post('complete', 2)).toMatchObject(over('another outcome was accepted for it before'));
    expect(await post('fail', { type: 'E', message: 'm' })).toMatchObject(over('another outcome was accepted for it before'));
    expect(await accepted()).toHaveLength(1);
  });

  it('takes one of many that come at once', async () => {
    const answers = await Promise.all([1, 2, 3].map((result) => post('complete', result)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    expect(await accepted()).toHaveLength(1);
  });

  it('is taken from an earlier attempt', async () => {
    await retry();
    expect((await post('complete', 1)).status).toBe(202);
  });

  it.each([
    ['ActivityFailed', { attempt: 1, failure: { type: 'Declined', message: 'no' } }, 'the activity has failed: Declined'],
    ['ActivityTimedOut', { attempt: 1, timeout: 'startToClose' }, 'the activity ran out of its startToClose time'],
    ['ActivityCanceled', {}, 'the activity was canceled'],
  ] as const)('says what became of the activity after %s', async (type, data, fate) => {
    await world.advance(runId, [[type, { activitySeq: 2, ...data }]]);
    expect(await post('complete')).toMatchObject(over(fate));
  });

  it('says that it came too late when it was accepted and dropped', async () => {
    await post('complete', 1);
    await world.advance(runId, [
      ['ActivityTimedOut', { activitySeq: 2, attempt: 1, timeout: 'startToClose' }],
      ['ActivityCompletionDropped', { activitySeq: 2, attempt: 1, n: 1 }],
    ]);
    expect(await post('complete', 1)).toMatchObject(over('its outcome came too late'));
  });

  it('is refused when the run is closed', async () => {
    await world.advance(runId, [['WorkflowTerminated', {}]]);
    expect(await post('complete')).toMatchObject({ status: 409, body: { code: 'MARATHON_RUN_CLOSED', runStatus: 'Terminated' } });
  });

  it('is refused when the run is closed, for a later attempt at an item of a map of which nothing is left', async () => {
    const first = 2 ** 30;
    const map = { activity: 'pack', count: 1, firstItem: first, digest: 'd', concurrency: 1 };
    await world.advance(runId, [
      ['MapScheduled', map],
      ['WorkflowTerminated', {}],
    ]);
    expect(await post('complete', 1, tokenOf(2, first))).toMatchObject({ status: 409, body: { code: 'MARATHON_RUN_CLOSED' } });
  });

  it.each(['complete', 'heartbeat'])('%s tells nothing to those who have no token of ours', async (verb) => {
    const token = tokenOf();
    for (const forged of ['x', `${token}A`, token.slice(1), token.replace(/^./, 'B'), tokenOf(1, 9)]) {
      expect(await post(verb, 1, forged)).toMatchObject({ status: 404, body: { code: 'MARATHON_TOKEN_UNKNOWN' } });
    }
    expect(await accepted()).toEqual([]);
  });
});

describe('a worker that makes tokens of what is not for it', () => {
  it('cannot speak for activities of another task queue', async () => {
    await world.advance(runId, [['ActivityScheduled', { activity: 'pack', taskQueue: 'warehouse' }, 'input']]);
    const mine = tokenOf(1, 3, 'warehouse');
    for (const other of [tokenOf(1, 3), tokenOf(1, 2, 'warehouse')]) {
      expect(await post('complete', 1, other)).toMatchObject({ status: 404, body: { code: 'MARATHON_TOKEN_UNKNOWN' } });
      expect(await post('heartbeat', 1, other)).toMatchObject({ status: 404, body: { code: 'MARATHON_TOKEN_UNKNOWN' } });
    }
    expect(await accepted()).toEqual([]);
    expect((await post('complete', 1, mine)).status).toBe(202);
  });

  it('cannot speak for attempts that there never were', async () => {
    await retry();
    for (const verb of ['complete', 'fail', 'heartbeat'])
      for (const attempt of [0, 3, 2 ** 31, 2 ** 32 - 1])
        expect(await post(verb, failed, tokenOf(attempt))).toMatchObject({ status: 404, body: { code: 'MARATHON_TOKEN_UNKNOWN' } });
    expect(await accepted()).toEqual([]);
  });

  it('cannot answer what a person is asked', async () => {
    await world.advance(runId, [['ActivityScheduled', { activity: 'approval', approval: { title: 'Ship it?' } }]]);
    for (const verb of ['complete', 'fail'])
      expect(await post(verb, failed, tokenOf(1, 3))).toMatchObject({ status: 404, body: { code: 'MARATHON_TOKEN_UNKNOWN' } });
    expect(await accepted()).toEqual([]);
  });
});

describe('POST /tokens/{token}/fail', () => {
  it('answers 202 when the failure is durable', async () => {
    const body = { type: 'Declined', message: 'no', details: { code: 51 }, nonRetryable: true };
    expect((await post('fail', body)).status).toBe(202);
    const failure = { ...body, details: '{"code":51}' };
    expect(await accepted()).toEqual([{ kind: 'fail-activity', n: 1, activitySeq: 2, attempt: 1, failure }]);
  });

  it('takes what it came of', async () => {
    const body = {
      type: 'E',
      message: 'm',
      cause: { type: 'Deeper', message: 'd', details: [1], cause: { type: 'Deepest', message: '' } },
    };
    expect((await post('fail', body)).status).toBe(202);
    expect(await accepted()).toMatchObject([{ failure: { ...body, cause: { ...body.cause, details: '[1]' } } }]);
  });

  it('is refused for an attempt that another has followed', async () => {
    await retry();
    expect(await post('fail', { type: 'E', message: 'm' })).toMatchObject(over('attempt 1 is over: the activity is at attempt 2'));
    expect((await post('fail', { type: 'E', message: 'm' }, tokenOf(2))).status).toBe(202);
  });

  it.each([
    [{}, ['type', 'message']],
    [{ type: '', message: 'm' }, ['type']],
    [{ type: 'E', message: 'm', retry: true }, ['retry']],
    [{ type: 'E', message: 'm', details: 'x'.repeat(70_000) }, ['details']],
    [{ type: 'E', message: 'm', cause: { type: 'E' } }, ['cause.message']],
    [Array.from({ length: 9 }).reduce((cause: object) => ({ ...failed, cause }), failed), [`${'cause.'.repeat(8)}cause`]],
  ])('names what is wrong', async (body, fields) => {
    const { status, body: problem } = await post('fail', body);
    expect(status).toBe(400);
    expect((problem.errors as readonly { field: string }[]).map(({ field }) => field)).toEqual(fields);
  });
});

describe('POST /tokens/{token}/heartbeat', () => {
  it('tells the owner of the run, with the details', async () => {
    expect((await post('heartbeat', { page: 7 })).status).toBe(202);
    const heartbeat = { atMs: world.clock.now(), details: '{"page":7}' };
    expect(await world.next('leases-renewed')).toMatchObject({ leases: [{ runId, activitySeq: 2, attempt: 1, heartbeat }] });
    expect(await accepted()).toEqual([]);
  });

  it('says what became of the attempt when it is over', async () => {
    await retry();
    expect(await post('heartbeat')).toMatchObject(over('attempt 1 is over: the activity is at attempt 2'));
  });

  it('takes details of 64 KiB at most', async () => {
    expect(await post('heartbeat', { text: 'x'.repeat(70_000) })).toMatchObject({ status: 400, body: { errors: [{ field: 'body' }] } });
  });
});

const retry = () =>
  world.advance(runId, [['ActivityRetryScheduled', { activitySeq: 2, attempt: 2, firesAtMs: 0, failure: { type: 'E', message: 'm' } }]]);
