import type { HistoryEvent, RunId, RunStatus } from '@marathon/core';

/** What clients were promised, and what the database holds in the end. */
export interface Evidence {
  readonly promises: Promises;
  readonly runs: readonly StoredRunEvidence[];
  /** What is left in the outbox, and of requests: nothing, once everything is over. */
  readonly outboxEntries: number;
  readonly waitingRequests: number;
}

export interface StoredRunEvidence {
  readonly runId: RunId;
  readonly workflowId: string;
  readonly workflow: string;
  readonly status: RunStatus;
  readonly lastSeq: number;
  readonly requestsAccepted: number;
  readonly isClosed: boolean;
  readonly history: readonly HistoryEvent[];
}

/** A start that was answered 201, or 200 for its repetition. */
export interface StartPromise {
  readonly workflowId: string;
  readonly status: RunStatus;
  /** What the last run of the workflow results in; any result will do when absent. */
  readonly result?: unknown;
}

export interface SignalPromise {
  readonly workflowId: string;
  /** Its payload holds it, and no other signal's does. */
  readonly marker: string;
  /** Signals of one sender were sent one after the other, each when the one before was answered. */
  readonly sender: string;
  /** `accepted`: 202; `refused`: 404 or 409; `unanswered`: it was not asked again. */
  readonly answer: 'accepted' | 'refused' | 'unanswered';
}

/** A cancellation or a termination that was answered 202. */
export interface RequestPromise {
  readonly workflowId: string;
  readonly kind: 'cancel' | 'terminate';
}

/** An update that was answered 200. */
export interface UpdatePromise {
  readonly workflowId: string;
  readonly updateId: string;
  readonly result: unknown;
}

export class Promises {
  readonly starts: StartPromise[] = [];
  readonly signals: SignalPromise[] = [];
  readonly updates: UpdatePromise[] = [];
  readonly requests: RequestPromise[] = [];
}
