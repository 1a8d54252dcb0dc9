import type { CancellationScope } from './cancellation-scope.js';
import { InvalidCommandError } from './errors.js';
import { Wait } from './wait.js';

/** Looks at what the code knows and changes nothing. */
export type Predicate = () => boolean;

/** A predicate that code waits for, and the timer after which it waits no longer. */
export interface Condition {
  readonly predicate: Predicate;
  readonly wait: Wait;
  readonly timer: Wait | undefined;
}

/**
 * What code waits for in its own state. When a turn has done all that it can do, the conditions are looked at in the order in which
 * they were asked for, and the first that holds lets its code go on; then they are looked at again. One at a time, so that what
 * held is still so when the code gets to see it.
 */
export class Conditions {
  private readonly waiting = new Set<Condition>();
  private held: { readonly condition: Condition; readonly error?: unknown } | undefined;

  add(predicate: Predicate, timer: Wait | undefined, scope: CancellationScope): Condition {
    const condition = { predicate, wait: new Wait('condition', labelOf(predicate)), timer };
    condition.wait.scope = scope;
    this.waiting.add(condition);
    return condition;
  }

  /** Looks for one that holds, or whose predicate fails. @returns whether there is one, for `settle`. */
  look(): boolean {
    for (const condition of this.waiting) {
      try {
        if (!holds(condition.predicate)) continue;
        this.held = { condition };
      } catch (error) {
        this.held = { condition, error };
      }
      this.waiting.delete(condition);
      return true;
    }
    return false;
  }

  /** Lets the code go on that waits for what `look` has found. */
  settle(): Condition | undefined {
    const { held } = this;
    this.held = undefined;
    if (held && 'error' in held) held.condition.wait.reject(held.error as Error);
    else held?.condition.wait.resolve(true);
    return held?.condition;
  }

  timeOut(condition: Condition): void {
    if (this.waiting.delete(condition)) condition.wait.resolve(false);
  }

  /** @returns those that were canceled, in the order in which they were asked for. */
  cancel(isMeant: (wait: Wait) => boolean): readonly Wait[] {
    const canceled = [...this.waiting].filter(({ wait }) => isMeant(wait));
    for (const condition of canceled) this.waiting.delete(condition);
    return canceled.map(({ wait }) => wait);
  }

  get isAwaited(): boolean {
    return this.waiting.size > 0;
  }

  get count(): number {
    return this.waiting.size;
  }

  /** The predicates that code waits for, as they are written. */
  get awaited(): readonly string[] {
    return [...this.waiting].map(({ wait }) => wait.label);
  }
}

function holds(predicate: Predicate): boolean {
  const answer: unknown = predicate();
  if (typeof answer === 'boolean') return answer;
  throw new InvalidCommandError(`the predicate of ctx.condition() must return true or false at once: it returned ${kindOf(answer)}`);
}

const kindOf = (answer: unknown) =>
  answer instanceof Promise ? 'a promise' : answer === null ? 'null' : `a value of type ${typeof answer}`;

const labelOf = (predicate: Predicate) => predicate.toString().slice(0, 200);
