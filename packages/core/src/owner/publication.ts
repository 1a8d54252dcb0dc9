import type { HistoryEvent } from '../history/event.js';
import type { RunId } from '../ids.js';
import type { Message } from '../messages/message.js';
import { messagesOf } from '../messages/messages-of.js';
import type { RunAdvance } from '../ports/run-store.port.js';
import type { Run } from '../run/run.js';
import { closedStatusOf, RunState } from '../run/run-state.js';
import type { ResultWaiters } from './result-waiters.js';

export interface Advanced {
  readonly run: Run;
  readonly advance: RunAdvance;
}

/** All that a committed batch has to tell: tasks, cancellations, successors, answers, and the events for watchers. */
export function messagesOfCommit(advanced: readonly Advanced[], waiters: ResultWaiters): readonly Message[] {
  const messages: Message[] = [];
  const watched: { runId: RunId; workflowId: string; workflow: string; events: readonly HistoryEvent[] }[] = [];
  for (const { run, advance } of advanced) {
    const { events, successor } = advance;
    const closing = events.at(-1);
    if (!closing) continue;
    const { workflowId, workflow } = run.state.started.data;
    messages.push(...messagesOf({ runId: run.runId, address: run.shard, state: run.state }, events));
    if (successor) {
      messages.push(
        ...messagesOf({ runId: successor.runId, address: run.shard, state: RunState.of([successor.started]) }, [successor.started]),
      );
    }
    if (closedStatusOf(closing.type)) messages.push(...waiters.answer(run.runId, closing));
    watched.push({ runId: run.runId, workflowId, workflow, events });
  }
  if (watched.length > 0) messages.push({ kind: 'run-events', runs: watched });
  return messages;
}
