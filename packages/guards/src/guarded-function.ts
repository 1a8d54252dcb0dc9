import { AsyncLocalStorage } from 'node:async_hooks';
import { currentScope, type RunScope, runScope } from '@marathon/core';

export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** Names the call to the run, outside of its scope: what the engine does then is no workflow code. Returns the error to throw in place. */
export function violation(scope: RunScope, call: string, remedy: string): Error {
  return runScope.exit(() => scope.violated(call, remedy));
}

/**
 * Gives `wrapper` the looks of `original`: name, length, prototype, statics; `x.constructor` and `instanceof` go on to hold.
 * @param descriptors replace those of the original's own properties
 */
export function dressAs<Wrapper extends object>(
  wrapper: Wrapper,
  original: object,
  descriptors: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(original),
): Wrapper {
  Object.setPrototypeOf(wrapper, Object.getPrototypeOf(original));
  Object.defineProperties(wrapper, descriptors);
  const prototype: unknown = descriptors.prototype?.value;
  if (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value === original
  ) {
    Object.defineProperty(prototype, 'constructor', { value: wrapper });
  }
  return wrapper;
}

const key: unique symbol = Symbol.for('marathon.guarded-functions');
const home: typeof AsyncLocalStorage & { [key]?: WeakSet<object> } = AsyncLocalStorage;

// A test runner guards each test file's own globals, but Node's modules are the same for all of them: what is guarded stays as it is.
// Kept where every copy of this module finds it (see `runScope`).
home[key] ??= new WeakSet();
const guardedFunctions = home[key];

/** One wrapper for each original: names for the same function (`setTimeout` and `timers.setTimeout`) stay the same function. */
const refusing = new WeakMap<object, AnyFunction>();

/** A function that throws in a run's scope and is `original` everywhere else; so are the functions it carries (`fs.realpath.native`). */
export function refuseInScope(original: AnyFunction, call: string, remedy: string): AnyFunction {
  const known = refusing.get(original);
  if (known !== undefined) return known;
  const refuse = (): void => {
    const scope = currentScope();
    if (scope !== undefined) throw violation(scope, call, remedy);
  };
  const guarded: AnyFunction = Object.hasOwn(original, 'prototype')
    ? function (this: unknown, ...args: unknown[]): unknown {
        refuse();
        if (new.target === undefined) return Reflect.apply(original, this, args);
        return Reflect.construct(original, args, new.target === guarded ? original : new.target);
      }
    : {
        method(...args: unknown[]): unknown {
          refuse();
          return Reflect.apply(original, this, args);
        },
      }.method;
  refusing.set(original, guarded).set(guarded, guarded);
  const descriptors = Object.getOwnPropertyDescriptors(original) as PropertyDescriptorMap;
  for (const key of Reflect.ownKeys(descriptors)) {
    const descriptor = descriptors[key as string];
    if (key !== 'prototype' && typeof descriptor?.value === 'function') {
      descriptor.value = refuseInScope(descriptor.value as AnyFunction, typeof key === 'symbol' ? call : `${call}.${key}`, remedy);
    }
  }
  return dressAs(guarded, original, descriptors);
}

/**
 * Replaces the function that `holder` has under `key`; a getter's function when it is read, because many are loaded only then.
 * What is absent, or no function, stays as it is.
 * @throws TypeError when the property cannot be replaced.
 */
export function patchFunction(holder: object, key: PropertyKey, guard: (original: AnyFunction) => AnyFunction): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, key);
  const get = descriptor?.get;
  if (get !== undefined) {
    Object.defineProperty(holder, key, {
      ...descriptor,
      get(this: unknown): unknown {
        const value: unknown = get.call(this);
        return typeof value === 'function' ? guard(value as AnyFunction) : value;
      },
    });
  } else if (typeof descriptor?.value === 'function' && !guardedFunctions.has(descriptor.value)) {
    const guarded = guard(descriptor.value as AnyFunction);
    guardedFunctions.add(guarded);
    Object.defineProperty(holder, key, { ...descriptor, value: guarded });
  }
}

/** Replaces a function by what `inScope` does while a run's code executes; it is called with the original and the caller's `this`. */
export function replaceInScope(
  holder: object,
  key: PropertyKey,
  inScope: (scope: RunScope, original: AnyFunction, self: unknown, args: unknown[]) => unknown,
): void {
  patchFunction(holder, key, (original) => {
    const guarded = {
      method(...args: unknown[]): unknown {
        const scope = currentScope();
        return scope === undefined ? Reflect.apply(original, this, args) : inScope(scope, original, this, args);
      },
    }.method;
    const { prototype: _, ...descriptors } = Object.getOwnPropertyDescriptors(original) as PropertyDescriptorMap;
    return dressAs(guarded, original, descriptors);
  });
}
