import type { RunScope } from '@marathon/core';
import { type AnyFunction, replaceInScope, violation } from './guarded-function.js';

/** Chance comes from the run in its scope: `Math.random`, random bytes, integers and UUIDs, of both crypto interfaces. */
export function guardRandom(): void {
  replaceInScope(Math, 'random', (scope) => scope.random());
  replaceInScope(Crypto.prototype, 'randomUUID', (scope) => scope.uuid());
  replaceInScope(Crypto.prototype, 'getRandomValues', (scope, original, self, args) =>
    overwrite(scope, Reflect.apply(original, self, args)),
  );

  const crypto = process.getBuiltinModule('node:crypto');
  replaceInScope(crypto, 'randomUUID', (scope) => scope.uuid());
  replaceInScope(crypto, 'randomFillSync', fillSync);
  replaceInScope(crypto, 'randomInt', integer);
  replaceInScope(crypto, 'randomBytes', bytes);
  for (const alias of ['pseudoRandomBytes', 'prng', 'rng']) Object.defineProperty(crypto, alias, { value: crypto.randomBytes });
}

// The original checks the arguments and makes what is then overwritten.

function bytes(scope: RunScope, original: AnyFunction, self: unknown, args: unknown[]): unknown {
  refuseCallback(scope, 'crypto.randomBytes', args);
  return overwrite(scope, Reflect.apply(original, self, args));
}

function integer(scope: RunScope, original: AnyFunction, self: unknown, args: unknown[]): number {
  refuseCallback(scope, 'crypto.randomInt', args);
  Reflect.apply(original, self, args);
  const [min, max] = (args[1] === undefined ? [0, args[0]] : args) as [number, number];
  return min + Math.floor(scope.random() * (max - min));
}

function fillSync(scope: RunScope, original: AnyFunction, self: unknown, args: unknown[]): unknown {
  const target = Reflect.apply(original, self, args) as ArrayBuffer | (ArrayBufferView & { BYTES_PER_ELEMENT?: number });
  const view = ArrayBuffer.isView(target) ? new Uint8Array(target.buffer, target.byteOffset, target.byteLength) : new Uint8Array(target);
  const elementBytes = ('BYTES_PER_ELEMENT' in target && target.BYTES_PER_ELEMENT) || 1;
  const [, offset = 0, size] = args as [unknown, number?, number?];
  overwrite(scope, view.subarray(offset * elementBytes, size === undefined ? undefined : (offset + size) * elementBytes));
  return target;
}

function overwrite(scope: RunScope, target: unknown): unknown {
  const { buffer, byteOffset, byteLength } = target as ArrayBufferView;
  new Uint8Array(buffer, byteOffset, byteLength).set(scope.randomBytes(byteLength));
  return target;
}

function refuseCallback(scope: RunScope, call: string, args: unknown[]): void {
  if (typeof args.at(-1) === 'function') throw violation(scope, `${call} with a callback`, 'call it without one');
}
