import type { LimitOptions } from '../limits/limit-options.js';

/** How often, and how far apart, the attempts of an activity follow each other. */
export interface RetryPolicy {
  /** Before the second attempt. Default 1,000. */
  readonly initialIntervalMs: number;
  /** Each further interval is this many times the one before. Default 2; at least 1. */
  readonly backoffCoefficient: number;
  /** No interval is longer. Default 300,000. */
  readonly intervalMsMax: number;
  /** Attempts altogether, the first included. Default 10. */
  readonly attemptsMax: number;
  /** Types of failures after which no further attempt is made. Default none. */
  readonly nonRetryableErrors: readonly string[];
  /** True: when no further attempt follows a failure, the task goes to the dead-letter topic, too. Default false. */
  readonly deadLetter?: boolean;
}

/** What a task queue may be called: its name is part of topics' names, and a topic that cannot be is a task that never goes out. */
export const taskQueuePattern = /^[a-zA-Z0-9._-]{1,200}$/;

/** Everything that governs an activity. */
export interface ActivityOptions extends LimitOptions {
  /** Default: the run's own. */
  readonly taskQueue: string;
  readonly retry: RetryPolicy;
  /** From the moment an attempt may be taken until a worker announces it. None by default; when it passes, the activity has timed out. */
  readonly scheduleToStartTimeoutMs?: number;
  /** One attempt, from its start. Default 600,000. */
  readonly startToCloseTimeoutMs: number;
  /** All attempts together. None by default. */
  readonly scheduleToCloseTimeoutMs?: number;
  /** The longest silence of a started attempt that promised heartbeats. None by default. */
  readonly heartbeatTimeoutMs?: number;
  /** What a person is asked, instead of a worker. Only `scheduleToCloseTimeoutMs` counts beside it. */
  readonly approval?: ApprovalRequest;
}

/** What a person is asked to decide. */
export interface ApprovalRequest {
  readonly title: string;
  readonly description?: string;
  readonly assignee?: string;
  /** What answers must fit: a JSON Schema. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Unanswered after so long, it becomes another's. */
  readonly escalation?: { readonly afterMs: number; readonly assignee: string };
}

/** As it stands in a history: what is absent has its default, so that defaults may never change (they would change old runs). */
export type RecordedActivityOptions = Partial<ActivityOptions>;

export const retryPolicyDefault: RetryPolicy = {
  initialIntervalMs: 1_000,
  backoffCoefficient: 2,
  intervalMsMax: 300_000,
  attemptsMax: 10,
  nonRetryableErrors: [],
};

const startToCloseTimeoutMsDefault = 600_000;

export function withDefaults(recorded: RecordedActivityOptions, runTaskQueue: string): ActivityOptions {
  return {
    ...recorded,
    taskQueue: recorded.taskQueue ?? runTaskQueue,
    retry: recorded.retry ?? retryPolicyDefault,
    startToCloseTimeoutMs: recorded.startToCloseTimeoutMs ?? (recorded.approval ? Number.POSITIVE_INFINITY : startToCloseTimeoutMsDefault),
  };
}
