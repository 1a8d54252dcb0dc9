import type { CancellationScope } from './cancellation-scope.js';
import type { Schema } from './definition/schema.js';

/** A promise that the code holds and that only history settles. */
export class Wait {
  readonly promise: Promise<unknown>;
  /** The seq of the event that recorded it; 0 until the turn ends, and for waits that have none (steps, signals, conditions). */
  seq = 0;
  /** Where the code asked for it. */
  scope: CancellationScope | undefined;
  /** What it must be settled with. */
  schema: Schema | undefined;
  /** Of a map: failures are outcomes. */
  settles = false;
  private isOpen = true;
  private settleWith!: { resolve: (value: unknown) => void; reject: (error: Error) => void };

  constructor(
    readonly kind: 'activity' | 'approval' | 'step' | 'timer' | 'signal' | 'condition' | 'timeout' | 'child' | 'request' | 'map',
    readonly label: string,
  ) {
    this.promise = new Promise((resolve, reject) => {
      this.settleWith = { resolve, reject };
    });
    beingHandled(this.promise);
  }

  resolve(value: unknown): void {
    this.isOpen = false;
    this.settleWith.resolve(value);
  }

  reject(error: Error): void {
    this.isOpen = false;
    this.settleWith.reject(error);
  }

  /** The code does not wait for it any more: nothing settles it. */
  drop(): void {
    this.isOpen = false;
  }

  get isPending(): boolean {
    return this.isOpen;
  }
}

/** Code may begin now and await later: that nobody looks at a rejection yet is no fault. Awaiting it throws all the same. */
export function beingHandled<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {});
  return promise;
}
