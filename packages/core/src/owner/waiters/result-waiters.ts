import type { HistoryEvent } from '../../history/event.js';
import type { RunId, ShardId } from '../../ids.js';
import type { ReplyAddress, RunClosedMessage } from '../../messages/message.js';
import { closedStatusOf } from '../../run/run-state.js';
import { ByRun } from '../lane/by-run.js';

const bounds = { runsMax: 20_000, perRunMax: 100 };

/** Gateways that wait for runs of this lane. They ask again every few seconds, so whoever is forgotten is answered later. */
export class ResultWaiters extends ByRun<string, ReplyAddress> {
  constructor() {
    super(bounds);
  }

  add(runId: RunId, shard: ShardId, replyTo: ReplyAddress): void {
    this.put(runId, shard, `${replyTo.partition}:${replyTo.correlationId}`, replyTo);
  }

  /** The answers to all who wait for this run, which has closed with `closing`. */
  answer(runId: RunId, closing: HistoryEvent): readonly RunClosedMessage[] {
    const waiting = this.of(runId);
    this.forget(runId);
    const status = closedStatusOf(closing.type);
    if (!waiting || !status) return [];
    return [...waiting.values()].map((to) => ({ kind: 'run-closed', to, runId, status, ...outcomeOf(closing) }));
  }
}

function outcomeOf(closing: HistoryEvent): Pick<RunClosedMessage, 'result' | 'failure'> {
  if (closing.type === 'WorkflowCompleted') return closing.payload === undefined ? {} : { result: closing.payload };
  return closing.type === 'WorkflowFailed' ? { failure: closing.data.failure } : {};
}
