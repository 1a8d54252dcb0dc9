import type { RunId, ShardId } from '../ids.js';
import type { ReplyAddress, RunAnsweredMessage } from '../messages/message.js';
import type { RunState } from '../run/run-state.js';
import type { UpdateOutcome } from '../run/updates.js';

/** Above these the oldest are forgotten. */
const runsMax = 20_000;
const waitersPerRunMax = 1_000;

interface Waiter {
  readonly updateId: string;
  readonly to: ReplyAddress;
}

/** Gateways that wait for the answers to updates. They ask again every few seconds, so whoever is forgotten is answered later. */
export class UpdateWaiters {
  private readonly waiting = new Map<RunId, { readonly shard: ShardId; readonly waiters: Map<string, Waiter> }>();

  add(runId: RunId, shard: ShardId, updateId: string, to: ReplyAddress): void {
    const { waiters } = this.waiting.get(runId) ?? this.begin(runId, shard);
    waiters.set(`${to.partition}:${to.correlationId}`, { updateId, to });
    if (waiters.size > waitersPerRunMax) forgetOldest(waiters);
  }

  /** The answers to those whose update is answered, or never will be; what the state says is committed. */
  answer(runId: RunId, state: RunState): readonly RunAnsweredMessage[] {
    const waiting = this.waiting.get(runId);
    if (!waiting) return [];
    const messages: RunAnsweredMessage[] = [];
    for (const [key, { updateId, to }] of waiting.waiters) {
      const answer = answerOf(updateId, state);
      if (!answer) continue;
      waiting.waiters.delete(key);
      messages.push({ kind: 'run-answered', to, runId, ...answer });
    }
    if (waiting.waiters.size === 0) this.waiting.delete(runId);
    return messages;
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
    const waiting = { shard, waiters: new Map<string, Waiter>() };
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

type Answer = Omit<RunAnsweredMessage, 'kind' | 'to' | 'runId'>;

function answerOf(updateId: string, { updates, isOpen }: RunState): Answer | undefined {
  const outcome = updates?.answerTo(updateId);
  if (outcome) return shown(outcome);
  if (isOpen) return undefined;
  return updates?.has(updateId) ? { outcome: 'closed' } : { outcome: 'unknown', names: [] };
}

function shown(event: UpdateOutcome): Answer {
  const { seq } = event;
  switch (event.type) {
    case 'UpdateCompleted':
      return { outcome: 'completed', seq, ...(event.payload !== undefined && { result: event.payload }) };
    case 'UpdateFailed':
      return { outcome: 'failed', seq, failure: event.data.failure };
    case 'UpdateRejected':
      return { outcome: 'rejected', seq, failure: event.data.failure };
    case 'UpdateRefused':
      return { outcome: 'unknown', seq, names: event.data.handlers };
  }
}
