import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../api/answers.js';
import { freshId } from '../api/api-client.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

interface Updated {
  readonly runId: string;
  readonly updateId: string;
  readonly result?: unknown;
}

const account = async () => (await system.api.started('e2e.account')).workflowId;
const typesOf = async (workflowId: string) => (await system.api.history(workflowId)).map(({ type }) => type);

describe('an update', () => {
  it('is taken up by the code, and answered with what its handler returns', async () => {
    const workflowId = await account();
    const first = await system.api.update<Updated>(workflowId, 'deposit', 30);
    const second = await system.api.update<Updated>(workflowId, 'withdraw', 10);
    expect([first.status, first.body.result, second.status, second.body.result]).toEqual([200, 30, 200, 20]);
    await system.api.signal(workflowId, 'check-out');
    expect((await system.api.outcome(workflowId)).result).toBe(20);
  });

  it('is refused by its validator before its handler runs', async () => {
    const workflowId = await account();
    const { status, body } = await system.api.update<Problem>(workflowId, 'withdraw', 10);
    expect([status, body]).toEqual([
      422,
      expect.objectContaining({ code: 'MARATHON_UPDATE_REJECTED', failure: { type: 'RangeError', message: 'there are only 0' } }),
    ]);
    await system.api.signal(workflowId, 'check-out');
    expect((await system.api.outcome(workflowId)).result).toBe(0);
  });

  it('is answered with what its handler throws, and its run goes on', async () => {
    const workflowId = await account();
    await system.api.update(workflowId, 'deposit', 20);
    const { status, body } = await system.api.update<Problem>(workflowId, 'withdraw', 13);
    expect([status, body.code]).toEqual([422, 'MARATHON_UPDATE_FAILED']);
    await system.api.signal(workflowId, 'check-out');
    expect((await system.api.outcome(workflowId)).status).toBe('Completed');
  });

  it('under the same id is the same update, whoever sends it and however often', async () => {
    const workflowId = await account();
    const key = freshId('key');
    const answers = await Promise.all(Array.from({ length: 10 }, () => system.api.update<Updated>(workflowId, 'deposit', 5, key)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.result} ${body.updateId}`))).toEqual(new Set([`200 5 ${key}`]));
    await system.api.signal(workflowId, 'check-out');
    expect((await system.api.outcome(workflowId)).result).toBe(5);
    const late = await system.api.update<Updated>(workflowId, 'deposit', 5, key);
    expect([late.status, late.body.result]).toEqual([200, 5]);
    expect((await typesOf(workflowId)).filter((type) => type === 'UpdateReceived')).toHaveLength(1);
  });

  it('to a run that has not begun is answered when its code begins', async () => {
    const { workflowId } = await system.api.started('e2e.account', undefined, { startDelay: '300ms' });
    const { status, body } = await system.api.update<Updated>(workflowId, 'deposit', 5);
    expect([status, body.result]).toEqual([200, 5]);
    expect((await typesOf(workflowId)).indexOf('UpdateReceived')).toBeGreaterThan(0);
  });

  it('to a run that has closed is refused', async () => {
    const workflowId = await account();
    await system.api.signal(workflowId, 'check-out');
    await system.api.outcome(workflowId);
    const { status, body } = await system.api.update<Problem>(workflowId, 'deposit', 5);
    expect([status, body]).toMatchObject([409, { code: 'MARATHON_RUN_CLOSED', runStatus: 'Completed' }]);
  });

  it('that nobody waits for is asked for later', async () => {
    const workflowId = await account();
    const sent = await system.api.update<Updated>(workflowId, 'deposit', 5, freshId('key'), '0ms');
    expect([200, 202]).toContain(sent.status); // the code may have been faster than the answer
    const { status, body } = await system.api.call<Updated>('GET', `/workflows/${workflowId}/updates/${sent.body.updateId}`);
    expect([status, body.updateId, body.result]).toEqual([200, sent.body.updateId, 5]);
  });

  it('that the run does not know is refused with those that it knows', async () => {
    const workflowId = await account();
    const { status, body } = await system.api.update<Problem>(workflowId, 'deposite', 5);
    expect([status, body]).toEqual([404, expect.objectContaining({ code: 'MARATHON_UPDATE_UNKNOWN', names: ['deposit', 'withdraw'] })]);
  });

  it('that was never sent is not waited for', async () => {
    const workflowId = await account();
    const { status, body } = await system.api.call<Problem>('GET', `/workflows/${workflowId}/updates/never-sent`);
    expect([status, body.code]).toEqual([404, 'MARATHON_UPDATE_UNKNOWN']);
  });

  it('around the end of its run is answered, or refused as too late', async () => {
    system.inAnyNumber('which updates come before the run has closed');
    const runs = await Promise.all(Array.from({ length: 5 }, account));
    for (const workflowId of runs) {
      const [, ...answers] = await Promise.all([
        system.api.signal(workflowId, 'check-out'),
        ...Array.from({ length: 10 }, () => system.api.update<Updated>(workflowId, 'deposit', 1)),
      ]);
      expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
      await system.api.outcome(workflowId);
      const completed = (await typesOf(workflowId)).filter((type) => type === 'UpdateCompleted');
      expect(completed).toHaveLength(answers.filter(({ status }) => status === 200).length);
    }
  });
});
