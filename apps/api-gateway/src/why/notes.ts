import { historyEventsLong, shortHistoryRemedy } from '@marathon/core';
import type { WhyNote } from '@marathon/protocol';
import type { RunView } from './run-view.js';

/** What the run does not wait for, and what may explain why it waits. */
export function notesOf({ state, surroundings }: Pick<RunView, 'state' | 'surroundings'>): readonly WhyNote[] {
  const { bufferedSignals, handledSignals } = surroundings.codeWaits;
  const notes: WhyNote[] = [];
  if (bufferedSignals) {
    const names = bufferedSignals.map(({ name, count }) => (count > 1 ? `"${name}" (${count})` : `"${name}"`)).join(', ');
    notes.push({
      kind: 'signals-nobody-waits-for',
      what: `Signals came that the code does not wait for, and are kept for it: ${names}.`,
      remedy: `Is a name misspelled? The code ${surroundings.awaitedSignals.length > 0 ? `takes ${surroundings.awaitedSignals.map((name) => `"${name}"`).join(', ')} now` : 'takes no signal now'}.`,
      signals: [...bufferedSignals],
    });
  }
  if (handledSignals) {
    const names = handledSignals.map((name) => `"${name}"`).join(', ');
    notes.push({ kind: 'signals-handled', what: `Signals that the code takes whenever they come: ${names}.`, names: [...handledSignals] });
  }
  if (state.cancelRequested) notes.push({ kind: 'cancel-requested', what: 'The run was canceled, and its code has not ended yet.' });
  if (state.lastSeq >= historyEventsLong) notes.push(longHistory(state.lastSeq));
  return notes;
}

export const longHistoryWarning = (events: number): string =>
  `The history has ${events} events: each replay of the run takes longer, and it is suspended when they are too many.`;

const longHistory = (events: number): WhyNote => ({
  kind: 'history-long',
  what: longHistoryWarning(events),
  remedy: `Keep it short: ${shortHistoryRemedy}.`,
  events,
});
