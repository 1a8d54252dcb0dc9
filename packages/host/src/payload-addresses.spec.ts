import { describe, expect, it } from '@jest/globals';
import { payloadReference, type Secret } from '@marathon/core';
import { PayloadAddresses } from './payload-addresses.js';

const key = (version: number, byte: number): Secret => ({ version, key: new Uint8Array(32).fill(byte) });
const load = (...secrets: readonly Secret[]) => PayloadAddresses.load({ read: async () => secrets });

const reference = payloadReference({ sha256: 'a'.repeat(64), bytes: 300_000 });
const untilMs = 2_000;

function partsOf(address: string): readonly [name: string, until: string, signature: string] {
  const { pathname, searchParams } = new URL(address, 'http://gateway');
  return [pathname.slice('/payloads/'.length), searchParams.get('until') as string, searchParams.get('signature') as string];
}

describe('the address of a payload', () => {
  it('can be read until it expires, under any key that there is', async () => {
    const old = await load(key(1, 1));
    const parts = partsOf(old.issue(reference, untilMs));
    const rotated = await load(key(1, 1), key(2, 2));

    expect(rotated.read(...parts, untilMs - 1)).toEqual({ reference });
    expect(rotated.read(...parts, untilMs)).toEqual({ refused: 'expired' });
    expect(old.read(...partsOf(rotated.issue(reference, untilMs)), 0)).toEqual({ refused: 'forged' });
  });

  it('is worth nothing when any part of it is changed', async () => {
    const addresses = await load(key(1, 1));
    const [name, until, signature] = partsOf(addresses.issue(reference, untilMs));
    const other = await load(key(1, 9));
    const [, , foreign] = partsOf(other.issue(reference, untilMs));

    const changed: readonly (readonly [string, string, string])[] = [
      [`b${name.slice(1)}`, until, signature],
      [`${name}0`, until, signature],
      [name, '9000', signature],
      [name, `${until}.0`, signature],
      [name, until, foreign],
      [name, until, `7${signature.slice(1)}`],
      [name, until, ''],
      ['', until, signature],
    ];
    for (const parts of changed) expect(addresses.read(...parts, 0)).toEqual({ refused: 'forged' });
  });
});
