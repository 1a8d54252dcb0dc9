import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type PayloadReference, payloadReference, readReference, type Secrets } from '@marathon/core';

/** What an address says may be read. */
export type ReadPayloadAddress =
  | { readonly reference: PayloadReference }
  /** `forged`: nobody who has the secret made it. */
  | { readonly refused: 'forged' | 'expired' };

const named = /^([0-9a-f]{64})-([1-9]\d{0,8})$/;
const signed = /^(\d{1,3})\.([A-Za-z0-9_-]{43})$/;

/** Addresses at which a gateway gives a payload to whoever has them, until they expire. */
export class PayloadAddresses {
  private constructor(
    private readonly keys: ReadonlyMap<number, KeyObject>,
    private readonly version: number,
  ) {}

  static async load(secrets: Secrets): Promise<PayloadAddresses> {
    const keys = new Map((await secrets.read('payload-addresses')).map(({ version, key }) => [version, createSecretKey(key)]));
    return new PayloadAddresses(keys, Math.max(...keys.keys()));
  }

  /** The path and query at a gateway. `untilMs` in milliseconds since 1970. */
  issue(reference: PayloadReference, untilMs: number): string {
    const { sha256, bytes } = readReference(reference);
    const name = `${sha256}-${bytes}`;
    const signature = signatureOf(name, String(untilMs), this.keys.get(this.version) as KeyObject).toString('base64url');
    return `/payloads/${name}?until=${untilMs}&signature=${this.version}.${signature}`;
  }

  read(name: string, until: string, signature: string, nowMs: number): ReadPayloadAddress {
    const [, sha256, bytes] = named.exec(name) ?? [];
    const [, version, mac] = signed.exec(signature) ?? [];
    const key = this.keys.get(Number(version));
    if (sha256 === undefined || mac === undefined || !key) return { refused: 'forged' };
    if (!timingSafeEqual(signatureOf(name, until, key), Buffer.from(mac, 'base64url'))) return { refused: 'forged' };
    return Number(until) > nowMs ? { reference: payloadReference({ sha256, bytes: Number(bytes) }) } : { refused: 'expired' };
  }
}

const signatureOf = (name: string, until: string, key: KeyObject): Buffer =>
  createHmac('sha256', key).update(`GET ${name} ${until}`).digest();
