import { currentScope, type RunScope, runScope } from '@marathon/core';
import { dressAs, replaceInScope } from './guarded-function.js';

/**
 * An error that no code of the run can catch any more suspends that run and leaves the process alone:
 *
 *  E1  a rejection that nobody handled by the end of the turn, when the promise was rejected in a run's scope;
 *  E2  an error thrown in a `queueMicrotask` or `process.nextTick` callback of a run; that is also how Node reports the error of
 *      an EventTarget's listener and an `error` event without a listener.
 *
 * Everywhere else Node does what it does without this file.
 */
export function guardEscapedErrors(): void {
  guardUnhandledRejections();
  replaceInScope(globalThis, 'queueMicrotask', (scope, original, self, args) => Reflect.apply(original, self, routed(scope, args)));
  replaceInScope(process, 'nextTick', (scope, original, self, args) => Reflect.apply(original, self, routed(scope, args)));
}

/**
 * Node emits `unhandledRejection` in the async context in which the promise was rejected. A listener would not do: having one
 * turns off the crash that everybody else's rejections deserve, and it could not keep them from other listeners.
 */
function guardUnhandledRejections(): void {
  const original = process.emit;
  const emit = function (this: NodeJS.Process, event: string, ...args: unknown[]): boolean {
    const scope = event === 'unhandledRejection' ? currentScope() : undefined;
    if (scope === undefined) return Reflect.apply(original, this, [event, ...args]) as boolean;
    reject(scope, args[0]);
    return true;
  };
  Object.defineProperty(process, 'emit', { value: dressAs(emit, original), writable: true, configurable: true, enumerable: false });
}

function routed(scope: RunScope, [callback, ...args]: unknown[]): unknown[] {
  if (typeof callback !== 'function') return [callback];
  const guarded = (): void => {
    try {
      callback(...args);
    } catch (error) {
      reject(scope, error);
    }
  };
  return [guarded];
}

function reject(scope: RunScope, reason: unknown): void {
  runScope.exit(() => scope.rejected(reason));
}
