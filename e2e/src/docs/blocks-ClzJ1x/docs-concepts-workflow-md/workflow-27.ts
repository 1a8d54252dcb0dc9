import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { type MailActivities, trial } from './trial.js';

it('sends a mail at the beginning and one at the end', async () => {
  const env = createTestEnvironment<MailActivities>({ workflows: [trial], activities: { sendMail: () => {} } });
  const startedAtMs = env.nowMs;
  const handle = await env.start(trial, { input: 'ada@example.com' });
  expect(await handle.result()).toBe('ended');
  const days = env.calls('sendMail').map(({ atMs }) => Math.floor((atMs - startedAtMs) / 86_400_000));
  expect(days).toEqual([0, 30]);
});
