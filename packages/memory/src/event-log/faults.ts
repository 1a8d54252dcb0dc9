import { CommitOutcomeUnknownError, StoreUnavailableError } from '@marathon/core';

/** The calls that commit. */
export type CommittingCall = 'commit' | 'start' | 'request';

/**
 *  - `unavailable`: refused before anything happened, and the caller knows it (StoreUnavailableError)
 *  - `lost-before`: the connection was lost before the commit happened (CommitOutcomeUnknownError)
 *  - `lost-after`: the connection was lost after it happened; the caller sees the same as before
 */
export type CommitFault = 'unavailable' | 'lost-before' | 'lost-after';

/** What goes wrong next, for tests of crashes. */
export class Faults {
  readonly #planned: { readonly call: CommittingCall; readonly fault: CommitFault }[] = [];

  plan(call: CommittingCall, fault: CommitFault): void {
    this.#planned.push({ call, fault });
  }

  /** @throws StoreUnavailableError @throws CommitOutcomeUnknownError as planned */
  apply<T>(call: CommittingCall, commit: () => T): T {
    const index = this.#planned.findIndex((planned) => planned.call === call);
    if (index === -1) return commit();
    const [planned] = this.#planned.splice(index, 1);
    if (planned?.fault === 'unavailable') throw new StoreUnavailableError('the store is unavailable, as planned');
    if (planned?.fault === 'lost-after') commit();
    throw new CommitOutcomeUnknownError('the connection was lost, as planned');
  }
}
