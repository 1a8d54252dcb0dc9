import { syncBuiltinESMExports } from 'node:module';
import { runScope } from '@marathon/core';
import { guardClocks } from './clock.js';
import { guardDate } from './date.js';
import { guardEscapedErrors } from './escaped-errors.js';
import { type AnyFunction, dressAs, patchFunction, refuseInScope } from './guarded-function.js';
import { guardLocale } from './locale.js';
import { guardRandom } from './random.js';
import { callNamed, namesOf, refusedCalls } from './refused-calls.js';

const installed: unique symbol = Symbol.for('marathon.guards');
// A realm has globals of its own: those of a test runner's sandbox are not the ones that `--import` has guarded.
const home: typeof globalThis & { [installed]?: true } = globalThis;

/** Guards this thread, as the realm has it that the caller is in. Does nothing the second time. */
export function installGuards(): void {
  if (home[installed]) return;
  Object.defineProperty(home, installed, { value: true });
  openStandardStreams();
  guardDate();
  guardClocks();
  guardLocale();
  guardRandom();
  guardEscapedErrors();
  refuseCalls();
  loadModulesOutsideOfScopes();
  syncBuiltinESMExports();
}

/**
 * False when the process was started without `--import @marathon/guards/register`, and in a test whose runner gives it globals of its own
 * (jest does, and vitest with `vmThreads`) when it is not among `setupFiles`, whatever the process was started with.
 */
export function guardsInstalled(): boolean {
  return home[installed] === true;
}

function refuseCalls(): void {
  for (const row of refusedCalls) {
    const holder = row.holder();
    if (holder === undefined) continue;
    for (const name of namesOf(row, holder)) {
      patchFunction(holder, name, (original) => refuseInScope(original, callNamed(row, name), row.remedy));
    }
  }
  keepWebSocketLazy();
}

/** The global is made when it is first looked at, with all of `fetch` behind it (9 MB): `http` gives the same class when somebody asks. */
function keepWebSocketLazy(): void {
  Object.defineProperty(globalThis, 'WebSocket', {
    configurable: true,
    enumerable: false,
    get: () => process.getBuiltinModule('node:http').WebSocket,
    set: (value: unknown) =>
      Object.defineProperty(globalThis, 'WebSocket', { configurable: true, enumerable: false, writable: true, value }),
  });
}

/** `console` writes to files with what `fs` holds when the stream is first used: workflow code may log. */
function openStandardStreams(): void {
  void process.stdout;
  void process.stderr;
}

/** A module that workflow code requires late belongs to the process, not to the run: it is read and evaluated outside of the scope. */
function loadModulesOutsideOfScopes(): void {
  const { prototype } = process.getBuiltinModule('node:module');
  patchFunction(prototype, 'require', (original) => {
    const require: AnyFunction = function (...args) {
      return runScope.exit(() => Reflect.apply(original, this, args));
    };
    return dressAs(require, original);
  });
}
