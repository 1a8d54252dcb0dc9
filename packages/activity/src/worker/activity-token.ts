import { createHmac } from 'node:crypto';
import type { TaskMessage } from '@marathon/core';
import { type HmacSha256, writeToken } from '@marathon/protocol';

/** The token of the task's attempt, made here and now: few activities ever ask for it. Nothing when the task brought no key. */
export const tokenOf = (task: TaskMessage): string | undefined =>
  task.tokenKey === undefined ? undefined : writeToken(task.tokenKey, task, hmacSha256);

const hmacSha256: HmacSha256 = (key, text) => createHmac('sha256', key).update(text).digest();
