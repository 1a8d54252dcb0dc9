import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { runId } from '@marathon/core';
import { type HmacSha256, queueTagBytes, readToken, signatureOf, tokenKeyPattern, writeToken, writeTokenKey } from './activity-token.js';

const page = readFileSync(new URL('../../../docs/reference/activity-worker-protocol.md', import.meta.url), 'utf8');
const hmac: HmacSha256 = (key, text) => createHmac('sha256', key).update(text).digest();
const attempt = { runId: runId('01939d1e-7a40-7c31-9f6e-2b6a0c5d4e11'), activitySeq: 2, attempt: 1 };
const secret = Uint8Array.from({ length: 32 }, (_, i) => i);
const queueTag = createHash('sha256').update('payments').digest().subarray(0, queueTagBytes);
const queueKey = hmac(secret, queueTag);
const tokenKey = writeTokenKey(1, queueTag, queueKey);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

it('gives what the example in the reference says', () => {
  const token = writeToken(tokenKey, attempt, hmac);
  const { said, signature } = readToken(token) as NonNullable<ReturnType<typeof readToken>>;

  for (const [name, value] of [
    ['`tokenKey`', tokenKey],
    ['queue key', hex(queueKey)],
    ['what is signed', hex(said)],
    ['signature', hex(signature)],
    ['token', token],
  ])
    expect(page).toContain(`| ${name} | \`${value}\` |`);
  expect(tokenKey).toMatch(tokenKeyPattern);
});

it('reads what was written', () => {
  const last = { ...attempt, activitySeq: 2_147_483_647, attempt: 2_147_483_647 };
  const token = readToken(writeToken(tokenKey, last, hmac));

  expect(token).toMatchObject({ version: 1, attempt: last, queueTag });
  expect(token?.signature).toEqual(signatureOf(token?.said as Uint8Array, queueKey, hmac));
});

it.each([0, 2_147_483_648, 4_294_967_295])('reads nothing from a token of number %i: no message could name that', (number) => {
  expect(readToken(writeToken(tokenKey, { ...attempt, activitySeq: number }, hmac))).toBeUndefined();
  expect(readToken(writeToken(tokenKey, { ...attempt, attempt: number }, hmac))).toBeUndefined();
});

it.each(['', 'x', 'A'.repeat(75), 'A'.repeat(77), `${'A'.repeat(75)}=`, `${'A'.repeat(75)}+`, `${'A'.repeat(76)}\n`])(
  'reads nothing from %j',
  (text) => expect(readToken(text)).toBeUndefined(),
);
