import { MarathonError } from '../errors.js';
import type { RunId } from '../ids.js';
import { type RunScope, runScope } from './run-scope.js';

/** A handler that may only look at its run did more than that. */
export class ReadOnlyHandlerError extends MarathonError {
  readonly code = 'MARATHON_READ_ONLY_HANDLER';
  readonly nonRetryable = true;
}

/** A handler looks at its run: what it calls beyond that is refused, and remembered should the handler swallow the error. */
export class Look implements RunScope {
  private refusal: ReadOnlyHandlerError | undefined;

  constructor(
    private readonly run: RunScope,
    /** Whose look it is: `query "progress"` */
    private readonly what: string,
  ) {}

  /** @throws ReadOnlyHandlerError when the handler did more than look, and what it threw itself. */
  perform(handler: () => unknown): unknown {
    const answer = runScope.run(this, handler);
    if (answer instanceof Promise) answer.catch(() => {});
    if (isThenable(answer)) this.refuse('it returned a promise');
    if (this.refusal) throw this.refusal;
    return answer;
  }

  /** True when the code may have been touched. */
  get isSpoiled(): boolean {
    return this.refusal !== undefined;
  }

  /** @returns the error to throw in place. */
  refuse(act: string): ReadOnlyHandlerError {
    this.refusal ??= new ReadOnlyHandlerError(`${this.what} may only look at its run, at once: ${act}`);
    return this.refusal;
  }

  get runId(): RunId {
    return this.run.runId;
  }

  now(): number {
    return this.run.now();
  }

  random(): number {
    return this.run.random();
  }

  randomBytes(length: number): Uint8Array {
    return this.run.randomBytes(length);
  }

  uuid(): string {
    return this.run.uuid();
  }

  violated(call: string): Error {
    return this.refuse(`${call} was called`);
  }

  rejected(): void {
    this.refuse('it left a rejection that nobody handles');
  }
}

const isThenable = (value: unknown): boolean => typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
