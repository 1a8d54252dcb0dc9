import { MarathonError } from '../errors.js';
import type { RunId } from '../ids.js';
import { AsyncLocalStorage } from './async-local-storage.js';

/** What guards and logs see of the run whose code is executing. */
export interface RunScope {
  readonly runId: RunId;
  /** The run's time in milliseconds since 1970: the same on every replay, and it never goes back. */
  now(): number;
  /** 0 ≤ x < 1, the same sequence on every replay. */
  random(): number;
  randomBytes(length: number): Uint8Array;
  uuid(): string;
  /**
   * The code called what no replay can repeat: suspends the run, also when the code swallows the error, and gives the error to
   * throw in place. May be called when the run is not the current one any more.
   * @param call as its author wrote it: `fs.readFile`
   * @param remedy what to use instead, as a sentence without its full stop: `use an activity`
   */
  violated(call: string, remedy: string): Error;
  /** Nobody can handle an error of the run's code any more: suspends the run. May be called between turns, and more than once. */
  rejected(reason: unknown): void;
}

/** Workflow code called what gives another answer on replay, or what no history can bring back. */
export class NonDeterministicCallError extends MarathonError {
  readonly code = 'MARATHON_NON_DETERMINISTIC_CALL';

  constructor(
    readonly call: string,
    readonly remedy: string,
  ) {
    super(`${call} is not deterministic in workflow code: ${remedy}`);
  }
}

const key: unique symbol = Symbol.for('marathon.run-scope');
const home: typeof AsyncLocalStorage & { [key]?: AsyncLocalStorage<RunScope> } = AsyncLocalStorage;

// Guards load before everything else and may therefore get another copy of this module than the engine (a test runner gives each
// test file its own modules and its own `globalThis`). Node's built-in class is the one object that all copies share.
home[key] ??= new AsyncLocalStorage<RunScope>();

/** Its store is the run's scope while workflow code runs; steps in place run under `runScope.exit(…)`. */
export const runScope: AsyncLocalStorage<RunScope> = home[key];

/** The scope of the run whose code is executing, or nothing outside of workflow code. */
export function currentScope(): RunScope | undefined {
  return runScope.getStore();
}
