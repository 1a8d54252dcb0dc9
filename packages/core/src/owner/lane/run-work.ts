import type { HistoryEvent, TypedEvent } from '../../history/event.js';
import type { OwnedShard, RunId, ShardId } from '../../ids.js';
import type {
  AttemptRef,
  ChildClosedMessage,
  QueryRequestedMessage,
  ReplyAddress,
  RunRequest,
  ShardMessage,
  TaskMessage,
  UpdateOfferedMessage,
} from '../../messages/message.js';
import type { AcceptedUpdate, StoredRun } from '../../ports/run-store.port.js';
import type { Run } from '../../run/run.js';
import type { RunInput } from '../../run/run-input.js';
import type { Delivery } from '../delivery.js';
import { type AbsentChild, childClosed } from './child-closings.js';

/** A worker that asks whether an attempt is its own. */
export interface Claim extends AttemptRef {
  readonly worker: string;
  readonly replyTo: ReplyAddress;
}

/** What a batch brings to one run. */
export class RunWork {
  run: Run | undefined;
  /** Set when the run turned out to be closed already. */
  closing: HistoryEvent | undefined;
  /** The first event, from one who knows that nobody was told of it before. */
  started: TypedEvent<'WorkflowStarted'> | undefined;
  readonly inputs: RunInput[] = [];
  readonly requests: RunRequest[] = [];
  /** Those of the inputs that no message brings again: results of steps, answers of others and the like. */
  readonly internals: RunInput[] = [];
  /** Requests that came without their content, or out of order: read the rows. */
  readsRequests = false;
  /** There was no room for more of them: the rows are read on. */
  leavesRequests = false;
  /** Time may have brought something. */
  isWoken = false;
  /** The shard was gained: what the run waits for may have died with its owner before. */
  isRecovered = false;
  /** The event log has no such run. */
  isUnknown = false;
  /** The run belongs to this shard, which is not the lane's: what came for it is sent on. */
  foreignShard: ShardId | undefined;
  /** The run was read from the event log for this batch. */
  isLoaded = false;
  /** The row lags behind and has to follow, whether or not anything else happens. */
  isRowDue = false;
  /** Attempts that its owner before had offered. */
  reclaimed: readonly TaskMessage[] = [];
  /** Workers that wait to be told whether an attempt is theirs. */
  readonly claims: Claim[] = [];
  /** Gateways that ask the code something. */
  queries: QueryRequestedMessage[] | undefined;
  /** Updates that gateways offer. */
  offered: UpdateOfferedMessage[] | undefined;
  /** Those of them that this batch accepts. */
  accepted: readonly AcceptedUpdate[] | undefined;
  /** Updates whose answers gateways ask for, by id. */
  awaitedUpdates: Set<string> | undefined;
  /** Those of them that neither the history nor a request that waits knows. */
  neverSent: ReadonlySet<string> | undefined;
  /** The run as it was read, when it is closed and is asked something. */
  closed: StoredRun | undefined;
  /** Children that have closed with an outcome that is to be read. */
  readonly closedChildren: AbsentChild[] = [];
  readonly deliveries: Delivery[] = [];

  constructor(
    readonly runId: RunId,
    /** Where it came to, until the run's own is known. */
    public shard: OwnedShard,
  ) {}

  /** Its first event, when there is no reason to believe that it has more than that one. */
  get startedAfresh(): TypedEvent<'WorkflowStarted'> | undefined {
    return this.isRecovered || this.readsRequests ? undefined : this.started;
  }

  /** Whether a suspended run's code has to be brought back before this. */
  get revival(): 'always' | 'other-build' | 'never' {
    if (this.requests.some(({ kind }) => kind === 'resume') || this.readsRequests) return 'always';
    return this.isRecovered ? 'other-build' : 'never';
  }

  addInput(input: RunInput): void {
    this.inputs.push(input);
    this.internals.push(input);
  }

  add(message: Exclude<ShardMessage, { kind: 'leases-renewed' } | { kind: 'result-awaited' }>): void {
    switch (message.kind) {
      case 'update-awaited':
        this.awaitedUpdates ??= new Set();
        this.awaitedUpdates.add(message.updateId);
        return;
      case 'update-offered':
        this.offered ??= [];
        this.offered.push(message);
        return;
      case 'query-requested':
        this.queries ??= [];
        this.queries.push(message);
        return;
      case 'run-started':
        if (!message.redelivered) this.started ??= message.started;
        return;
      case 'request-accepted':
        if (message.request) this.requests.push(message.request);
        else this.readsRequests = true;
        return;
      case 'activity-finished': {
        const { activitySeq, attempt, heartbeatDetails } = message;
        const input = { kind: 'attempt-finished', activitySeq, attempt, outcome: message } as const;
        this.inputs.push(heartbeatDetails === undefined ? input : { ...input, heartbeatDetails });
        return;
      }
      case 'activity-deferred': {
        const { activitySeq, attempt, heartbeatDetails } = message;
        const input = { kind: 'attempt-deferred', activitySeq, attempt } as const;
        this.inputs.push(heartbeatDetails === undefined ? input : { ...input, heartbeatDetails });
        return;
      }
      case 'activity-announced':
        this.inputs.push({ kind: 'attempt-announced', activitySeq: message.activitySeq, attempt: message.attempt, worker: message.worker });
        return;
      case 'child-closed':
        return this.addClosedChild(message);
      case 'activity-claim-requested': {
        const { worker, replyTo } = message;
        for (const { runId, activitySeq, attempt } of message.claims) {
          this.inputs.push({ kind: 'attempt-claimed', activitySeq, attempt, worker });
          this.claims.push({ runId, activitySeq, attempt, worker, replyTo });
        }
      }
    }
  }

  private addClosedChild(message: ChildClosedMessage): void {
    const { runId: parent, childSeq, childWorkflowId: workflowId, childRunId: runId, closedRunId: fromRunId } = message;
    const { status, failure, reason, result } = message;
    const child = { parent, childSeq, workflowId, runId, fromRunId };
    const closing = {
      status,
      ...(failure && { failure }),
      ...(reason !== undefined && { reason }),
      ...(result !== undefined && { result }),
    };
    if (message.outcomeOmitted) this.closedChildren.push(child);
    else this.inputs.push(childClosed(child, closing));
  }

  /** A closing commit was refused: only requests that were accepted meanwhile are brought to the run now. */
  onlyRequests(): void {
    this.inputs.length = 0;
    this.requests.length = 0;
    this.isWoken = false;
    this.readsRequests = true;
  }

  /** What was read of the rows, and whether it is all that there is. */
  addRows(rows: readonly RunRequest[], leavesRequests: boolean): void {
    const taken = this.run?.state.taken ?? 0;
    this.leavesRequests = leavesRequests;
    this.readsRequests = false;
    // What a message brought comes after others that there was no room for. What this batch accepts itself is refused by its commit.
    const readUpTo = leavesRequests && !this.accepted ? (rows.at(-1)?.n ?? taken) : Number.POSITIVE_INFINITY;
    const brought = this.requests.filter(({ n }) => n <= readUpTo);
    this.requests.length = 0;
    this.requests.push(...brought, ...rows);
    this.orderRequests(taken);
    const unseen = leavesRequests ? [] : this.unseenUpdates;
    this.neverSent = unseen.length > 0 ? new Set(unseen) : undefined;
  }

  /** It is brought to the run again by another batch. */
  clear(): void {
    this.run = undefined;
    this.leavesRequests = false;
    this.inputs.length = 0;
    this.claims.length = 0;
    this.queries = undefined;
    this.offered = undefined;
    this.accepted = undefined;
    this.awaitedUpdates = undefined;
    this.neverSent = undefined;
    this.closedChildren.length = 0;
    this.internals.length = 0;
    this.deliveries.length = 0;
  }

  /** Awaited updates that nothing which was brought so far shows to have been sent. */
  get unseenUpdates(): readonly string[] {
    if (!this.awaitedUpdates) return [];
    const waiting = new Set(this.requests.map((request) => request.kind === 'update' && request.updateId));
    return [...this.awaitedUpdates].filter((id) => !this.run?.state.updates?.has(id) && !waiting.has(id));
  }

  /** Requests in the order of their numbers, each once; false when some before them are missing. */
  orderRequests(taken: number): boolean {
    const byNumber = new Map(this.requests.filter(({ n }) => n > taken).map((request) => [request.n, request]));
    this.requests.length = 0;
    this.requests.push(...[...byNumber.values()].sort((a, b) => a.n - b.n));
    const last = this.requests.at(-1)?.n ?? taken;
    return !this.readsRequests && last - taken === this.requests.length;
  }
}
