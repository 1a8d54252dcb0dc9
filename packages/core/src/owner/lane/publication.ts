import type { Message, RunEvents } from '../../messages/message.js';
import { messagesOf } from '../../messages/messages-of.js';
import type { RunAdvance } from '../../ports/run-store.port.js';
import type { Run } from '../../run/run.js';
import { closedStatusOf, RunState } from '../../run/run-state.js';
import type { ResultWaiters } from '../waiters/result-waiters.js';

export interface Advanced {
  readonly run: Run;
  readonly advance: RunAdvance;
}

/** What a committed batch has to tell those it concerns: tasks, cancellations, successors, answers. */
export function messagesOfCommit(advanced: readonly Advanced[], waiters: ResultWaiters): readonly Message[] {
  const messages: Message[] = [];
  for (const { run, advance } of advanced) {
    const { events, successor, maps } = advance;
    const closing = events.at(-1);
    if (!closing && !maps) continue;
    messages.push(...messagesOf({ runId: run.runId, address: run.shard, state: run.state }, events, maps?.told));
    if (successor) {
      messages.push(
        ...messagesOf({ runId: successor.runId, address: run.shard, state: RunState.of([successor.started]) }, [successor.started]),
      );
    }
    if (closing && closedStatusOf(closing.type)) messages.push(...waiters.answer(run.runId, closing));
  }
  return messages;
}

/** What a committed batch has to tell watchers. */
export const eventsOfCommit = (advanced: readonly Advanced[]): readonly RunEvents[] =>
  advanced
    .filter(({ advance }) => advance.events.length > 0)
    .map(({ run: { runId, state }, advance: { events } }) => {
      const { workflowId, workflow } = state.started.data;
      return { runId, workflowId, workflow, events };
    });
