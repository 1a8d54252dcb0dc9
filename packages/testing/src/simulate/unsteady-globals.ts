import { guardsInstalled } from '@marathon/guards';
import { Random } from '@marathon/memory';

const dayMs = 86_400_000;

/**
 * The clock on the wall and chance, as code gets them that asks for them without guards: another time at each replay, and numbers that
 * follow from a seed, so that what they do wrong is seen, and seen again. With guards, code gets the run's own and nothing is replaced.
 */
export class UnsteadyGlobals {
  private random = new Random(0);
  private readonly original = { Date: globalThis.Date, random: Math.random };
  private shiftMs = 0;

  constructor() {
    if (guardsInstalled()) return;
    const now = () => this.original.Date.now() + this.shiftMs;
    globalThis.Date = new Proxy(this.original.Date, {
      construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
      apply: (target) => new target(now()).toString(),
      get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    });
    Math.random = () => this.random.fraction();
  }

  /** From here on all follows from this seed. */
  begin(seed: number): void {
    this.random = new Random(seed);
    this.shiftMs = 0;
  }

  /** It is another day. */
  shift(): void {
    this.shiftMs += dayMs + this.random.below(dayMs);
  }

  restore(): void {
    globalThis.Date = this.original.Date;
    Math.random = this.original.random;
  }
}
