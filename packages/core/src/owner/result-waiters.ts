import type { HistoryEvent } from '../history/event.js';
import type { RunId, ShardId } from '../ids.js';
import type { ReplyAddress, RunClosedMessage } from '../messages/message.js';
import { closedStatusOf } from '../run/run-state.js';

/** Above these the oldest are forgotten. */
const runsMax = 20_000;
const waitersPerRunMax = 100;

/** Gateways that wait for runs of this lane. They ask again every few seconds, so whoever is forgotten is answered later. */
export class ResultWaiters {
  private readonly waiting = new Map<RunId, { readonly shard: ShardId; readonly addresses: Map<string, ReplyAddress> }>();

  add(runId: RunId, shard: ShardId, replyTo: ReplyAddress): void {
    const { addresses } = this.waiting.get(runId) ?? this.begin(runId, shard);
    addresses.set(`${replyTo.partition}:${replyTo.correlationId}`, replyTo);
    if (addresses.size > waitersPerRunMax) forgetOldest(addresses);
  }

  /** The answers to all who wait for this run, which has closed with `closing`. */
  answer(runId: RunId, closing: HistoryEvent): readonly RunClosedMessage[] {
    const waiting = this.waiting.get(runId);
    this.waiting.delete(runId);
    const status = closedStatusOf(closing.type);
    if (!waiting || !status) return [];
    return [...waiting.addresses.values()].map((to) => ({ kind: 'run-closed', to, runId, status, ...outcomeOf(closing) }));
  }

  forget(runId: RunId): void {
    this.waiting.delete(runId);
  }

  forgetShard(shard: ShardId): void {
    for (const [runId, waiting] of this.waiting) if (waiting.shard === shard) this.waiting.delete(runId);
  }

  get size(): number {
    return this.waiting.size;
  }

  private begin(runId: RunId, shard: ShardId) {
    const waiting = { shard, addresses: new Map<string, ReplyAddress>() };
    this.waiting.set(runId, waiting);
    if (this.waiting.size > runsMax) forgetOldest(this.waiting);
    return waiting;
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}

function outcomeOf(closing: HistoryEvent): Pick<RunClosedMessage, 'result' | 'failure'> {
  if (closing.type === 'WorkflowCompleted') return closing.payload === undefined ? {} : { result: closing.payload };
  return closing.type === 'WorkflowFailed' ? { failure: closing.data.failure } : {};
}
