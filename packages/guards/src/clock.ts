import { currentScope } from '@marathon/core';
import { type AnyFunction, replaceInScope } from './guarded-function.js';

/** Clocks other than `Date`: in a scope they show the run's time, `performance` as counted from 1970. */
export function guardClocks(): void {
  const prototype = Object.getPrototypeOf(performance) as typeof performance;
  replaceInScope(prototype, 'now', (scope) => scope.now());
  guardTimeOrigin(prototype);
  replaceInScope(process, 'hrtime', (scope, original, self, args) => hrtime(scope.now(), original, self, args));
  replaceInScope(process.hrtime, 'bigint', (scope) => nanoseconds(scope.now()));
}

function guardTimeOrigin(prototype: typeof performance): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'timeOrigin');
  const original = descriptor?.get;
  if (original === undefined) return;
  Object.defineProperty(prototype, 'timeOrigin', {
    ...descriptor,
    get(this: typeof performance): number {
      return currentScope() === undefined ? original.call(this) : 0;
    },
  });
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1_000)) * 1_000n;
}

function hrtime(nowMs: number, original: AnyFunction, self: unknown, args: unknown[]): [number, number] {
  Reflect.apply(original, self, args); // checks the argument
  const [seconds, nanos] = (args[0] ?? [0, 0]) as [number, number];
  const elapsed = nanoseconds(nowMs) - BigInt(seconds) * 1_000_000_000n - BigInt(nanos);
  const whole = elapsed / 1_000_000_000n;
  return [Number(whole), Number(elapsed - whole * 1_000_000_000n)];
}
