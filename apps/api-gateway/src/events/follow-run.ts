import { type Clock, closedStatusOf, type HistoryEvent, type RunId, type RunReader } from '@marathon/core';
import type { RunWatch } from './run-watch.js';

const readCount = 100;
/** How long silence is believed. */
const lookEveryMs = 5_000;

/**
 * A run's history from after `afterSeq` on, then what happens, up to its closing event or the end of the watch. Without gaps
 * and repetitions: live events are taken as they come where they are the next ones, and read from the history where they are not.
 * Gives `undefined` when nothing happened for 5 s. Reads on only when asked for more, so a slow consumer costs no memory.
 */
export async function* followRun(
  { runReader, clock }: { readonly runReader: Pick<RunReader, 'readHistory'>; readonly clock: Clock },
  runId: RunId,
  afterSeq: number,
  watch: RunWatch,
): AsyncGenerator<HistoryEvent | undefined, void> {
  let seq = afterSeq;
  let mustRead = true;
  while (!watch.isClosed) {
    const events: readonly HistoryEvent[] = mustRead ? await runReader.readHistory(runId, seq, readCount) : [];
    const live: ReturnType<RunWatch['take']> = events.length === 0 ? watch.take() : { events: [], hasMissed: true };
    for (const event of [...events, ...live.events]) {
      if (event.seq !== seq + 1) continue;
      seq = event.seq;
      yield event;
      if (closedStatusOf(event.type)) return;
    }
    mustRead = live.hasMissed || live.events.some((event) => event.seq > seq);
    if (mustRead) continue;
    const lookAtMs = clock.now() + lookEveryMs;
    await watch.somethingNew(lookAtMs);
    if (clock.now() < lookAtMs) continue;
    mustRead = true;
    yield undefined;
  }
}
