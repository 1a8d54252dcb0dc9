import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { type AttemptRef, runId, type Secret } from '@marathon/core';
import { ActivityTokens } from './activity-tokens.js';

const attempt: AttemptRef = { runId: runId('01939d1e-7a40-7c31-9f6e-2b6a0c5d4e11'), activitySeq: 4_294_967_295, attempt: 3 };
const secret = (version: number): Secret => ({ version, key: randomBytes(32) });
const tokensOf = (...keys: Secret[]) => ActivityTokens.load({ read: async () => keys });

it('names an attempt in a text that is safe in addresses, the same each time', async () => {
  const tokens = await tokensOf(secret(1));

  const token = tokens.issue(attempt);

  expect(token).toMatch(/^[A-Za-z0-9_-]{76}$/);
  expect(tokens.issue(attempt)).toBe(token);
  expect(tokens.read(token)).toEqual(attempt);
});

it('reads no token in which a single character is another, and none of another secret', async () => {
  const tokens = await tokensOf(secret(1));
  const token = tokens.issue(attempt);

  const changed = [...token].map((character, i) => token.slice(0, i) + (character === 'A' ? 'B' : 'A') + token.slice(i + 1));

  expect(changed.filter((forged) => tokens.read(forged))).toEqual([]);
  expect((await tokensOf(secret(1))).read(token)).toBeUndefined();
  for (const malformed of ['', 'x', token.slice(1), `${token}A`, `${token.slice(1)}=`, `${token.slice(1)} `]) {
    expect(tokens.read(malformed)).toBeUndefined();
  }
});

it('signs with the newest key, and reads what older ones signed', async () => {
  const [first, second] = [secret(1), secret(2)];
  const old = (await tokensOf(first)).issue(attempt);
  const tokens = await tokensOf(first, second);

  expect(tokens.read(old)).toEqual(attempt);
  expect(tokens.issue(attempt)).not.toBe(old);
  expect((await tokensOf(first)).read(tokens.issue(attempt))).toBeUndefined();
});
