import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { AttemptRef, Secrets } from '@marathon/core';
import { queueTagBytes, readToken, signatureOf, writeTokenKey } from '@marathon/protocol';

/** Beyond it the keys are forgotten, and made again. */
const tokenKeysMax = 1_000;

/** What a token of ours names. */
export interface SignedAttempt {
  readonly attempt: AttemptRef;
  /**
   * True when the token was made with the key of that task queue. A worker can name any attempt there is: ask this with the queue of
   * the activity before you take the token's word.
   */
  isOf(taskQueue: string): boolean;
}

/** Keys with which the workers of a task queue make tokens of its attempts, and what such tokens say. */
export class ActivityTokens {
  readonly #tokenKeys = new Map<string, string>();

  private constructor(
    private readonly secrets: ReadonlyMap<number, KeyObject>,
    private readonly version: number,
  ) {}

  static async load(secrets: Secrets): Promise<ActivityTokens> {
    const keys = new Map((await secrets.read('activity-tokens')).map(({ version, key }) => [version, createSecretKey(key)]));
    return new ActivityTokens(keys, Math.max(...keys.keys()));
  }

  /** What tasks of the queue carry, see `writeToken`; under the newest secret. Made once for each queue. */
  keyOf(taskQueue: string): string {
    const known = this.#tokenKeys.get(taskQueue);
    if (known !== undefined) return known;
    const tag = tagOf(taskQueue);
    const tokenKey = writeTokenKey(this.version, tag, hmac(this.secrets.get(this.version) as KeyObject, tag));
    if (this.#tokenKeys.size === tokenKeysMax) this.#tokenKeys.clear();
    this.#tokenKeys.set(taskQueue, tokenKey);
    return tokenKey;
  }

  /** The attempt that a token names; nothing when nobody made it who has a key of ours. */
  read(text: string): SignedAttempt | undefined {
    const token = readToken(text);
    const secret = token && this.secrets.get(token.version);
    if (!secret) return undefined;
    const { attempt, queueTag, said, signature } = token;
    if (!timingSafeEqual(signatureOf(said, hmac(secret, queueTag), hmac), signature)) return undefined;
    return { attempt, isOf: (taskQueue) => tagOf(taskQueue).equals(queueTag) };
  }
}

const tagOf = (taskQueue: string): Buffer => createHash('sha256').update(taskQueue).digest().subarray(0, queueTagBytes);
const hmac = (key: KeyObject | Uint8Array, text: Uint8Array): Buffer => createHmac('sha256', key).update(text).digest();
