import type { HistoryEvent } from '../history/event.js';
import type { RunId } from '../ids.js';
import type { ReplyAddress, RunClosedMessage } from '../messages/message.js';
import { closedStatusOf } from '../run/run-state.js';

/** Gateways that wait for runs of this lane. They ask again, so what is lost with the process is no loss. */
export class ResultWaiters {
  private readonly waiting = new Map<RunId, Map<string, ReplyAddress>>();

  add(runId: RunId, replyTo: ReplyAddress): void {
    const known = this.waiting.get(runId);
    const key = `${replyTo.partition}:${replyTo.correlationId}`;
    if (known) known.set(key, replyTo);
    else this.waiting.set(runId, new Map([[key, replyTo]]));
  }

  /** The answers to all who wait for this run, which has closed with `closing`. */
  answer(runId: RunId, closing: HistoryEvent): readonly RunClosedMessage[] {
    const waiting = this.waiting.get(runId);
    this.waiting.delete(runId);
    const status = closedStatusOf(closing.type);
    if (!waiting || !status) return [];
    return [...waiting.values()].map((to) => ({ kind: 'run-closed', to, runId, status, ...outcomeOf(closing) }));
  }

  get size(): number {
    return this.waiting.size;
  }
}

function outcomeOf(closing: HistoryEvent): Pick<RunClosedMessage, 'result' | 'failure'> {
  if (closing.type === 'WorkflowCompleted') return closing.payload === undefined ? {} : { result: closing.payload };
  return closing.type === 'WorkflowFailed' ? { failure: closing.data.failure } : {};
}
