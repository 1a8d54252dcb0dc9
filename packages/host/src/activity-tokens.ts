import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type AttemptRef, runId, type Secrets } from '@marathon/core';

// A token is base64 of: version of the key (1 byte), run id (16), activity's seq (4), attempt (4), and HMAC-SHA256 of those (32).
const saidBytes = 25;
const tokenBytes = 57;
const tokenPattern = /^[A-Za-z0-9_-]{76}$/;

/** Texts that name attempts of activities and that nobody can make who has not got the secret. */
export class ActivityTokens {
  private constructor(
    private readonly keys: ReadonlyMap<number, KeyObject>,
    private readonly version: number,
  ) {}

  static async load(secrets: Secrets): Promise<ActivityTokens> {
    const keys = new Map((await secrets.read('activity-tokens')).map(({ version, key }) => [version, createSecretKey(key)]));
    return new ActivityTokens(keys, Math.max(...keys.keys()));
  }

  /** 76 characters that are safe in addresses; the same for the same attempt under the same key. */
  issue({ runId: run, activitySeq, attempt }: AttemptRef): string {
    const token = Buffer.allocUnsafe(tokenBytes);
    token[0] = this.version;
    token.write(run.replaceAll('-', ''), 1, 'hex');
    token.writeUInt32BE(activitySeq, 17);
    token.writeUInt32BE(attempt, 21);
    signature(token, this.keys.get(this.version) as KeyObject).copy(token, saidBytes);
    return token.toString('base64url');
  }

  /** The attempt that a token names; nothing when it is not one of ours. */
  read(text: string): AttemptRef | undefined {
    if (!tokenPattern.test(text)) return undefined;
    const token = Buffer.from(text, 'base64url');
    const key = this.keys.get(token[0] as number);
    if (!key || !timingSafeEqual(signature(token, key), token.subarray(saidBytes))) return undefined;
    const hex = token.toString('hex', 1, 17);
    const run = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
    return { runId: runId(run), activitySeq: token.readUInt32BE(17), attempt: token.readUInt32BE(21) };
  }
}

const signature = (token: Buffer, key: KeyObject): Buffer => createHmac('sha256', key).update(token.subarray(0, saidBytes)).digest();
