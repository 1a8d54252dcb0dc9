import { type AnyWorkflowDefinition, closedStatusOf, MarathonError, RunState, replay as replayEvents, runId } from '@marathon/core';
import { type RunHistory, readHistoryFile } from '@marathon/protocol';
import { freshExecution, unwatchedLoop } from './fresh-execution.js';

/** On replay, code did something else than its history says: it was changed, or does not depend on its history alone. */
export class NonDeterminismError extends MarathonError {
  readonly code = 'MARATHON_NON_DETERMINISM';

  constructor(
    message: string,
    /** The event at which it came out. */
    readonly seq: number,
    /** What the history says. */
    readonly expected: string | undefined,
    /** What the code did. */
    readonly actual: string | undefined,
  ) {
    super(expected === undefined ? message : `${message}\n  expected: ${expected}\n  actual:   ${actual}`);
  }
}

/**
 * Runs today's code of a workflow against a recorded history: the text of a history file, as
 * `GET /workflows/{workflowId}/history?format=file` gives it, or what `TestHandle.history` gives. Nothing is performed: results come
 * from the history. Of an open run everything is compared that is there.
 * @throws NonDeterminismError when the code does something else, HistoryFileError when the text is no history file.
 */
export async function replay(history: string | RunHistory, definition: AnyWorkflowDefinition): Promise<void> {
  const { run, events } = typeof history === 'string' ? readHistoryFile(history) : history;
  if (run.workflow !== definition.name) {
    throw new NonDeterminismError('the history is of another workflow', 1, `workflow "${run.workflow}"`, `workflow "${definition.name}"`);
  }
  // What ended while its code was stopped says nothing about the code from there on.
  const last = events.at(-1);
  const compared = last && closedStatusOf(last.type) && RunState.of(events.slice(0, -1)).suspension ? events.slice(0, -1) : events;
  const execution = freshExecution(runId(run.runId), definition, compared);
  const { divergence, divergedAtSeq } = await replayEvents(execution, compared, unwatchedLoop());
  execution.abandon();
  if (divergence) throw new NonDeterminismError(divergence.message, divergedAtSeq ?? 1, divergence.expected, divergence.actual);
}
