import { describe, expect, it } from '@jest/globals';
import { type ActivityCallOptions, ActivityFailedError, ActivityTimedOutError, workflow } from '@marathon/workflow';
import { createTestEnvironment } from './test-environment.js';

interface SigningActivities {
  sign(document: string): Promise<{ readonly by: string }>;
}

const contract = workflow('contract', async (ctx, options: ActivityCallOptions) => {
  try {
    return await ctx.activities<SigningActivities>(options).sign('contract');
  } catch (error) {
    if (error instanceof ActivityTimedOutError) return `${error.timeout} at attempt ${error.attempt}`;
    if (error instanceof ActivityFailedError) return `${error.failure.type} at attempt ${error.attempt}`;
    throw error;
  }
});

async function asked(options: ActivityCallOptions = {}) {
  const tokens: string[] = [];
  const env = createTestEnvironment<SigningActivities>({
    workflows: [contract],
    activities: {
      sign: async (_, { token, completeLater }) => {
        tokens.push(token);
        return completeLater();
      },
    },
  });
  const handle = await env.start(contract, { input: { startToCloseTimeout: '30d', ...options } });
  return { env, handle, tokens, token: tokens[0] as string };
}

describe('an activity that is completed later', () => {
  it('waits for its outcome as long as it may take, and gets it by its token', async () => {
    const { env, handle, token } = await asked();
    await env.advance('29d');
    expect((await handle.describe()).pending.activities).toMatchObject([{ activity: 'sign', attempt: 1 }]);
    await env.completeActivity(token, { by: 'ada' });
    expect(await handle.result()).toEqual({ by: 'ada' });
  });

  it('is tried again after a failure, with another token', async () => {
    const { env, handle, tokens, token } = await asked({ retry: { initialInterval: '1h', attemptsMax: 2 } });
    await env.failActivity(token, new Error('the pen is dry'));
    await env.advance('1h');
    expect(tokens).toHaveLength(2);
    await expect(env.failActivity(token, new Error('again'))).rejects.toMatchObject({ code: 'MARATHON_ATTEMPT_OVER' });
    await env.failActivity(tokens[1] as string, { type: 'Refused', message: 'no', cause: { type: 'Deeper', message: 'm' } });
    expect(await handle.result()).toBe('Refused at attempt 2');
  });

  it('times out, and what comes then is refused', async () => {
    const { env, handle, token } = await asked({ retry: { attemptsMax: 1 } });
    expect(await handle.result()).toBe('startToClose at attempt 1');
    await expect(env.completeActivity(token, { by: 'ada' })).rejects.toMatchObject({ code: 'MARATHON_ATTEMPT_OVER' });
    await expect(env.completeActivity('no token')).rejects.toMatchObject({ code: 'MARATHON_TOKEN_UNKNOWN' });
  });

  it('is kept by heartbeats', async () => {
    const { env, handle, token } = await asked({ heartbeatTimeout: '1h', retry: { attemptsMax: 1 } });
    for (let i = 0; i < 3; i++) {
      await env.advance('50m');
      await env.heartbeatActivity(token, { page: i });
    }
    expect((await handle.describe()).pending.activities).toHaveLength(1);
    expect(await handle.result()).toBe('heartbeat at attempt 1');
  });
});

describe('an approval', () => {
  const refund = workflow('refund', (ctx) => ctx.approval<{ approved: boolean }>({ title: 'Refund?', assignee: 'ada' }));

  it('has one answer, and records whose it is', async () => {
    const env = createTestEnvironment({ workflows: [refund] });
    const handle = await env.start(refund);
    const [approval] = await handle.approvals();
    await approval?.answer({ approved: true }, { answeredBy: 'bo' });
    expect(await handle.result()).toEqual({ approved: true });
    await expect(approval?.answer({ approved: false })).rejects.toMatchObject({ code: 'MARATHON_ATTEMPT_OVER' });
    const { events } = await handle.history();
    expect(events.find(({ type }) => type === 'ActivityCompleted')?.data).toMatchObject({ answeredBy: 'bo' });
  });
});
