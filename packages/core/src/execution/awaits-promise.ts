import type { PendingWork } from './pending-work.js';

/** What code has registered, and how far it has got. */
interface CodeInFlight extends Pick<PendingWork, 'signals'> {
  readonly hasStarted: boolean;
  readonly updates: { readonly isAwaited: boolean };
  readonly outcome: unknown;
  readonly suspension: unknown;
}

/**
 * Some of the code awaits what is not durable, as far as can be told: it has more in flight (its function, handlers under way) than there
 * are events to come for it. Only other code of the run can settle that without fault, once an event gives a handler something to do.
 */
export function awaitsPromise(code: CodeInFlight, pending: PendingWork, inFlight: number): boolean {
  const { hasStarted, signals, updates, outcome, suspension } = code;
  // Without handlers there is but the function, which awaits something: else the end of its turn had suspended it.
  if (signals.handled.size === 0 && !updates.isAwaited) return false;
  return hasStarted && !outcome && !suspension && pending.awaitsFewerThan(inFlight);
}
