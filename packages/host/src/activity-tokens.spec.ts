import { createHmac, randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { type AttemptRef, runId, type Secret } from '@marathon/core';
import { writeToken } from '@marathon/protocol';
import { ActivityTokens } from './activity-tokens.js';

const attempt: AttemptRef = { runId: runId('01939d1e-7a40-7c31-9f6e-2b6a0c5d4e11'), activitySeq: 2_147_483_647, attempt: 3 };
const secret = (version: number): Secret => ({ version, key: randomBytes(32) });
const tokensOf = (...keys: Secret[]) => ActivityTokens.load({ read: async () => keys });
/** As workers make it. */
const tokenOf = (tokenKey: string) => writeToken(tokenKey, attempt, (key, text) => createHmac('sha256', key).update(text).digest());

it('gives the workers of a queue a key, whose tokens it reads', async () => {
  const tokens = await tokensOf(secret(1));

  const token = tokenOf(tokens.keyOf('payments'));

  expect(tokens.keyOf('payments')).toBe(tokens.keyOf('payments'));
  expect(token).toMatch(/^[A-Za-z0-9_-]{76}$/);
  const read = tokens.read(token);
  expect(read?.attempt).toEqual(attempt);
  expect(read?.isOf('payments')).toBe(true);
});

it('gives each queue a key of its own, with which nobody can sign for another', async () => {
  const tokens = await tokensOf(secret(1));
  const [key, other] = ['payments', 'mail'].map((queue) => Buffer.from(tokens.keyOf(queue), 'base64url')) as [Buffer, Buffer];
  const disguised = Buffer.concat([other.subarray(0, 17), key.subarray(17)]).toString('base64url');

  expect(tokens.read(tokenOf(tokens.keyOf('payments')))?.isOf('mail')).toBe(false);
  expect(tokens.read(tokenOf(disguised))).toBeUndefined();
});

it('gives the same keys when it has forgotten them', async () => {
  const tokens = await tokensOf(secret(1));
  const first = tokens.keyOf('payments');

  const keys = Array.from({ length: 1_500 }, (_, i) => tokens.keyOf(`queue-${i}`));

  expect(new Set(keys).size).toBe(1_500);
  expect(tokens.keyOf('payments')).toBe(first);
});

it('reads no token in which a single character is another, and none of another secret', async () => {
  const tokens = await tokensOf(secret(1));
  const token = tokenOf(tokens.keyOf('payments'));

  const changed = [...token].map((character, i) => token.slice(0, i) + (character === 'A' ? 'B' : 'A') + token.slice(i + 1));

  expect(changed.filter((forged) => tokens.read(forged))).toEqual([]);
  expect((await tokensOf(secret(1))).read(token)).toBeUndefined();
});

it('gives keys of the newest secret, and reads what those of older ones signed', async () => {
  const [first, second] = [secret(1), secret(2)];
  const old = tokenOf((await tokensOf(first)).keyOf('payments'));
  const tokens = await tokensOf(first, second);
  const token = tokenOf(tokens.keyOf('payments'));

  expect(tokens.read(old)?.attempt).toEqual(attempt);
  expect(tokens.read(token)?.attempt).toEqual(attempt);
  expect(token).not.toBe(old);
  expect((await tokensOf(first)).read(token)).toBeUndefined();
});
