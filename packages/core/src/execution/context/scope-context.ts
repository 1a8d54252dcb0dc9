import type { Duration } from '../../duration.js';
import type { SagaBody, SagaOptions } from './saga.js';

/** What workflow code does about cancellation. */
export interface ScopeContext {
  /**
   * Runs `body` as a scope of its own: what it waits for, in scopes within it too, can be canceled together, by a time-out or by
   * `cancel` of the promise that this gives. As with a run, a cancellation is delivered once: it rejects what is waited for at that
   * moment; what the body asks for afterwards, to clean up, runs normally. The promise settles as the body does. What was begun
   * outside is not the scope's, and goes on.
   *
   * ```ts
   * const quotes = ctx.scope(() => Promise.all(vendors.map((vendor) => quote(vendor))), { timeout: '1m' });
   * ctx.waitForSignal('enough').then(() => quotes.cancel('enough'));
   * await quotes;
   * ```
   *
   * In the body, what is canceled throws ScopeTimedOutError after the time-out, ScopeCanceledError after `cancel`, and
   * WorkflowCanceledError when the run is canceled.
   */
  scope<Result>(body: () => Promise<Result>, options?: ScopeOptions): Scope<Result>;

  /**
   * Runs `body` out of reach: neither the run's cancellation nor that of a scope around it touches what the body waits for;
   * `ctx.cancelRequested` tells. A cancellation that found nothing else to cancel is delivered when the shield is over: it rejects
   * what the code around it waits for next.
   */
  shield<Result>(body: () => Promise<Result>): Promise<Result>;

  /**
   * Runs `body`, which says what would undo each thing that it has done. When it throws, or is canceled, the compensations run: the
   * last first, each once, shielded; then what was thrown is thrown here. When it returns, none runs.
   *
   * ```ts
   * await ctx.saga(async (saga) => {
   *   const seat = await reserveSeat(trip);
   *   saga.compensate('release-seat', () => releaseSeat(seat));
   *   await chargeCard(trip);
   * });
   * ```
   *
   * @throws CompensationFailedError when compensations failed; its `cause` is what the body threw.
   */
  saga<Result>(body: SagaBody<Result>, options?: SagaOptions): Promise<Result>;
}

/** What bounds a scope. */
export interface ScopeOptions {
  /** After which the scope is canceled with ScopeTimedOutError. Default: never. */
  readonly timeout?: Duration | number;
}

/** The result of a scope's body. */
export interface Scope<Result> extends Promise<Result> {
  /** Rejects what the scope waits for with ScopeCanceledError. */
  cancel(reason?: string): void;
}
