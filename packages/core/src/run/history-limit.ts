import type { Suspension } from '../history/event.js';
import type { RunState } from './run-state.js';

// A history may not grow for ever: a replay reads the whole of it, and a run in memory is no smaller.
//   H1  A run that reaches a bound is suspended, with its results and requests recorded still.
//   H2  A resume gives it a little more, so that code may continue as new.
//   H3  Far above the bounds there is an end: the run is terminated.

//   H4  Well below them its owner warns, once.

/** What a run may have before it is suspended, unless its orchestrator says otherwise. */
export const historyEventsMax = 50_000;
/** Of all inputs, results and signals together. */
export const historyCharsMax = 64 * 1024 * 1024;
/** Of those of them that are so large that they stand beside the history. A replay reads them again. */
export const outOfLineBytesMax = 1024 * 1024 * 1024;
/** What a run has when its owner warns (H4): a replay of it takes a while by then. */
export const historyEventsLong = 10_000;

/** What a resumed run may add (H2). */
const graceEvents = 1_000;
const graceChars = 8 * 1024 * 1024;
const graceBytes = 128 * 1024 * 1024;
/** How far above the bound it ends (H3). */
const eventsBeyond = 10_000;
const charsEnd = 128 * 1024 * 1024;
const bytesEnd = 2 * 1024 * 1024 * 1024;

/** What keeps a history short, in words for its author. */
export const shortHistoryRemedy =
  'continue as new before it gets there (ctx.continueAsNew), or do many activities by one command (ctx.map)';

/** Why the run has to be suspended now, or nothing. */
export function limitReached({ lastSeq, payloadChars, outOfLineBytes, resumedAt }: RunState, eventsMax: number): Suspension | undefined {
  if (lastSeq >= Math.max(eventsMax, resumedAt.seq + graceEvents)) return atLimit(`${lastSeq} events`, `${eventsMax} events`);
  if (outOfLineBytes >= Math.max(outOfLineBytesMax, resumedAt.outOfLineBytes + graceBytes)) return tooMuchBeside(outOfLineBytes);
  if (payloadChars < Math.max(historyCharsMax, resumedAt.payloadChars + graceChars)) return undefined;
  return atLimit(`${payloadChars} characters of payloads`, `${historyCharsMax} characters`);
}

/** Why the run has to end without these many events more, or nothing: one turn may ask for any number. */
export function limitExceeded(
  { lastSeq, payloadChars, outOfLineBytes }: RunState,
  eventsMax: number,
  furtherEvents = 0,
): Suspension | undefined {
  if (lastSeq + furtherEvents >= eventsMax + eventsBeyond) return atLimit(`${lastSeq + furtherEvents} events`, `${eventsMax} events`);
  if (outOfLineBytes >= bytesEnd) return tooMuchBeside(outOfLineBytes);
  return payloadChars >= charsEnd ? atLimit(`${payloadChars} characters of payloads`, `${historyCharsMax} characters`) : undefined;
}

/** True when these events made a history long that was not: once for each run. */
export const grewLong = (before: number, after: number): boolean => before < historyEventsLong && after >= historyEventsLong;

const tooMuchBeside = (bytes: number): Suspension => atLimit(`${bytes} bytes of large payloads`, `${outOfLineBytesMax} bytes`);

const atLimit = (has: string, most: string): Suspension => ({
  reason: 'limit',
  message: `the history has ${has}, and ${most} is the most that a run should have: ${shortHistoryRemedy}; code that does so now can be resumed`,
});
