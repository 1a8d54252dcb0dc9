import type { RunId, ShardId } from '../../ids.js';
import type { ReplyAddress, RunAnsweredMessage } from '../../messages/message.js';
import type { RunState } from '../../run/run-state.js';
import type { UpdateOutcome } from '../../run/updates.js';
import { ByRun } from '../lane/by-run.js';

const bounds = { runsMax: 20_000, perRunMax: 1_000 };

interface Waiter {
  readonly updateId: string;
  readonly to: ReplyAddress;
}

/** Gateways that wait for the answers to updates. They ask again every few seconds, so whoever is forgotten is answered later. */
export class UpdateWaiters extends ByRun<string, Waiter> {
  constructor() {
    super(bounds);
  }

  add(runId: RunId, shard: ShardId, updateId: string, to: ReplyAddress): void {
    this.put(runId, shard, `${to.partition}:${to.correlationId}`, { updateId, to });
  }

  /** The gateway waits no more. */
  forgetOne(runId: RunId, { partition, correlationId }: ReplyAddress): void {
    this.remove(runId, `${partition}:${correlationId}`);
  }

  /**
   * The answers to those whose update is answered, or never will be; what the state says is committed.
   * @param neverSent updates that no request was made of when somebody asked for them.
   */
  answer(runId: RunId, state: RunState, neverSent?: ReadonlySet<string>): readonly RunAnsweredMessage[] {
    const waiting = this.of(runId);
    if (!waiting) return [];
    const messages: RunAnsweredMessage[] = [];
    for (const [key, { updateId, to }] of waiting) {
      const answer = answerOf(updateId, state, neverSent);
      if (!answer) continue;
      this.remove(runId, key);
      messages.push({ kind: 'run-answered', to, runId, ...answer });
    }
    return messages;
  }
}

type Answer = Omit<RunAnsweredMessage, 'kind' | 'to' | 'runId'>;

function answerOf(updateId: string, { updates, isOpen }: RunState, neverSent: ReadonlySet<string> | undefined): Answer | undefined {
  const outcome = updates?.answerTo(updateId);
  if (outcome) return shown(outcome);
  if (updates?.has(updateId)) return isOpen ? undefined : { outcome: 'closed' };
  return isOpen && !neverSent?.has(updateId) ? undefined : { outcome: 'unknown' };
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
