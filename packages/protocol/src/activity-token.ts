import { type AttemptRef, runId } from '@marathon/core';

// A token names an attempt to a gateway. Workers make it, from a key of their task queue which stands in each of its tasks.
// Numbers are big-endian; both texts are base64url, without padding.
//   token key   version of the secret (1 byte), queue tag (16), queue key (32)
//   token       version of the secret (1 byte), run id (16), activity's seq (4), attempt (4), queue tag (16), signature (16)
//   queue tag   the first 16 bytes of SHA-256 of the task queue's name
//   queue key   HMAC-SHA256 of the queue tag, under the secret
//   signature   the first 16 bytes of HMAC-SHA256 of the token before it, under the queue key
const at = { runId: 1, activitySeq: 17, attempt: 21, queueTag: 25, signature: 41, end: 57 };
const queueKeyAt = 17;
const signatureBytes = at.end - at.signature;
/** Messages carry the numbers of a token, and no larger ones. */
const numberMax = 2 ** 31 - 1;
const tokenPattern = /^[A-Za-z0-9_-]{76}$/;

export const queueTagBytes = at.signature - at.queueTag;
export const tokenKeyPattern = /^[A-Za-z0-9_-]{66}$/;

/** Given by whoever calls: browsers load this package too, and have another one. */
export type HmacSha256 = (key: Uint8Array, text: Uint8Array) => Uint8Array;

/** What a token says, not verified. */
export interface ReadToken {
  readonly version: number;
  readonly attempt: AttemptRef;
  readonly queueTag: Uint8Array;
  /** What is signed. */
  readonly said: Uint8Array;
  readonly signature: Uint8Array;
}

/** What tasks of a queue carry: 66 characters. */
export const writeTokenKey = (version: number, queueTag: Uint8Array, queueKey: Uint8Array): string =>
  Buffer.concat([Uint8Array.of(version), queueTag, queueKey]).toString('base64url');

/** The token of an attempt: 76 characters that are safe in addresses; the same for the same attempt under the same key. */
export function writeToken(tokenKey: string, { runId: run, activitySeq, attempt }: AttemptRef, hmac: HmacSha256): string {
  const key = Buffer.from(tokenKey, 'base64url');
  const token = Buffer.alloc(at.end);
  key.copy(token, 0, 0, 1);
  token.write(run.replaceAll('-', ''), at.runId, 'hex');
  token.writeUInt32BE(activitySeq, at.activitySeq);
  token.writeUInt32BE(attempt, at.attempt);
  key.copy(token, at.queueTag, 1, queueKeyAt);
  token.set(signatureOf(token.subarray(0, at.signature), key.subarray(queueKeyAt), hmac), at.signature);
  return token.toString('base64url');
}

/** Nothing when it does not look like one. */
export function readToken(text: string): ReadToken | undefined {
  if (!tokenPattern.test(text)) return undefined;
  const token = Buffer.from(text, 'base64url');
  const activitySeq = token.readUInt32BE(at.activitySeq);
  const attempt = token.readUInt32BE(at.attempt);
  if (!isNumber(activitySeq) || !isNumber(attempt)) return undefined;
  const hex = token.toString('hex', at.runId, at.activitySeq);
  const run = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  return {
    version: token.readUInt8(0),
    attempt: { runId: runId(run), activitySeq, attempt },
    queueTag: token.subarray(at.queueTag, at.signature),
    said: token.subarray(0, at.signature),
    signature: token.subarray(at.signature),
  };
}

const isNumber = (value: number): boolean => value >= 1 && value <= numberMax;

/** What a token's signature must be. */
export const signatureOf = (said: Uint8Array, queueKey: Uint8Array, hmac: HmacSha256): Uint8Array =>
  hmac(queueKey, said).subarray(0, signatureBytes);
