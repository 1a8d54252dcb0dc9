import { CompensationFailedError, InvalidCommandError } from '../errors.js';
import { mustBeName } from './names.js';

/** What a saga's body says about undoing what it does. */
export interface Saga {
  /**
   * Remembers how to undo what was done, or may have been: call it before an activity whose failure does not say that nothing was
   * done. `name` (1 to 200 characters) names it in errors.
   */
  compensate(name: string, compensation: () => unknown): void;
}

export type SagaBody<Result> = (saga: Saga) => Promise<Result>;

/** What a saga does when it compensates. */
export interface SagaOptions {
  /** When a compensation fails: `continue` with those that are left (default), or `stop`. Either way the saga throws CompensationFailedError. */
  readonly onCompensationFailure?: 'continue' | 'stop';
}

interface Compensation {
  readonly name: string;
  readonly perform: () => unknown;
}

/** @param shield runs what no cancellation reaches */
export async function runSaga<Result>(
  body: SagaBody<Result>,
  { onCompensationFailure = 'continue' }: SagaOptions,
  shield: (compensate: () => Promise<void>) => Promise<void>,
): Promise<Result> {
  const compensations: Compensation[] = [];
  let isOver = false;
  const compensate = (name: string, perform: () => unknown) => {
    mustBeName('a compensation', name);
    if (isOver) throw new InvalidCommandError(`compensation "${name}" comes too late: its saga is over`);
    compensations.push({ name, perform });
  };
  try {
    return await body({ compensate });
  } catch (cause) {
    isOver = true;
    await shield(() => compensateAll(compensations.reverse(), onCompensationFailure, cause));
    throw cause;
  } finally {
    isOver = true;
  }
}

async function compensateAll(compensations: readonly Compensation[], onFailure: 'continue' | 'stop', cause: unknown): Promise<void> {
  const failed: { readonly name: string; readonly error: unknown }[] = [];
  for (const { name, perform } of compensations) {
    try {
      await perform();
    } catch (error) {
      failed.push({ name, error });
      if (onFailure === 'stop') break;
    }
  }
  if (failed.length > 0) throw new CompensationFailedError(failed, cause);
}
