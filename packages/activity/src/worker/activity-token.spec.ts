import { expect, it } from '@jest/globals';
import { runId, type TaskMessage } from '@marathon/core';
import { tokenOf } from './activity-token.js';

const task: TaskMessage = {
  kind: 'activity-task',
  taskQueue: 'payments',
  runId: runId('01939d1e-7a40-7c31-9f6e-2b6a0c5d4e11'),
  activitySeq: 2,
  attempt: 1,
  activity: 'charge-card',
  workflow: 'order',
  workflowId: 'order-1',
  startToCloseTimeoutMs: 600_000,
  announceAtOnce: false,
  replyTo: { taskQueue: 'default', partition: 1 },
};

it('is the one of the example in the reference', () => {
  const tokenKey = 'Ad84Sul8d60wAWJqqwHy6yrfwaoW8cwfuLr7m1gfeZkCEXB7wCg7ja9PTa0DqMto2g';
  const token = 'AQGTnR56QHwxn24ragxdThEAAAACAAAAAd84Sul8d60wAWJqqwHy6yoKLTbNuoZMvRui-xN-GKvD';
  expect(tokenOf({ ...task, tokenKey })).toBe(token);
  expect(tokenOf({ ...task, tokenKey, attempt: 2 })).not.toBe(token);
});

it('is none where the task brought no key', () => {
  expect(tokenOf(task)).toBeUndefined();
});
