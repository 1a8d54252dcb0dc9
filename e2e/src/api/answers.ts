import type { HistoryEntry, RunOutcome } from '../history-checks.js';

// What the API answers, as far as the scenarios look at it; the contract checks all of it.

export interface Started {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: string;
}

export interface Outcome extends RunOutcome {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflow: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a workflow returns has any shape.
  readonly result?: any;
  readonly failure?: Failure;
}

export interface Failure {
  readonly type: string;
  readonly message: string;
  readonly nonRetryable?: boolean;
  readonly details?: unknown;
  readonly cause?: Failure;
}

export interface Description extends Outcome {
  readonly taskQueue: string;
  readonly input?: unknown;
  readonly memo?: unknown;
  readonly searchAttributes?: unknown;
  readonly suspension?: { readonly reason: string; readonly message: string; readonly expected?: string; readonly actual?: string };
  readonly startedAt: string;
  readonly closedAt?: string;
  readonly lastSeq: number;
  readonly pending: {
    readonly activities: readonly PendingActivity[];
    readonly timers: readonly { readonly timerSeq: number; readonly firesAt: string }[];
    readonly children: readonly {
      readonly childSeq: number;
      readonly workflow: string;
      readonly workflowId: string;
      readonly state: string;
    }[];
    readonly signals: readonly string[];
  };
  readonly parent?: { readonly workflowId: string; readonly runId: string; readonly childSeq: number };
}

export interface PendingActivity {
  readonly activitySeq: number;
  readonly activity: string;
  readonly taskQueue: string;
  readonly state: 'queued' | 'running' | 'backing-off';
  readonly attempt: number;
  readonly nextAttemptAt?: string;
  readonly lastFailure?: Failure;
  readonly waitingFor?: string;
}

export interface Why {
  readonly status: string;
  readonly what: string;
  readonly since: string;
  readonly waits: readonly { readonly kind: string; readonly what: string; readonly since: string; readonly [fact: string]: unknown }[];
  readonly notes: readonly { readonly kind: string; readonly what: string }[];
}

export interface HistoryPage {
  readonly events: readonly HistoryEntry[];
  readonly next?: number;
}

export interface RunList {
  readonly workflows: readonly {
    readonly workflowId: string;
    readonly runId: string;
    readonly workflow: string;
    readonly status: string;
  }[];
  readonly next?: string;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly workflowId?: string;
  readonly runId?: string;
  readonly runStatus?: string;
}
