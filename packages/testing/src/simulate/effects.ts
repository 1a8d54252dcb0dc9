import { AsyncLocalStorage } from 'node:async_hooks';
import { currentScope } from '@marathon/core';

/** What happened in the world of one run under `simulate`. */
export class Effects {
  /** How often each thing happened. */
  readonly counts = new Map<string, number>();
  /** What workflow code did by itself, where a replay does it again. */
  readonly inWorkflowCode = new Set<string>();
  private readonly keys = new Set<string>();

  note(what: string, idempotencyKey: string | undefined): void {
    if (currentScope()) this.inWorkflowCode.add(what);
    const key = JSON.stringify([what, idempotencyKey]);
    if (idempotencyKey !== undefined && this.keys.has(key)) return;
    this.keys.add(key);
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

const storage = new AsyncLocalStorage<Effects>();

export const withEffects = <Result>(effects: Effects, code: () => Result): Result => storage.run(effects, code);

/**
 * Says, in a mock or in a step, that something happens in the world which must not happen twice, such as a charge: `simulate` counts.
 * With the same key it counts once, as it does at a service that knows the key. Outside of `simulate` it does nothing.
 */
export function effect(what: string, idempotencyKey?: string): void {
  storage.getStore()?.note(what, idempotencyKey);
}
