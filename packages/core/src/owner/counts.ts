import type { RunWork } from './lane/run-work.js';

const zero = {
  /** Messages for a run of another shard, sent on to it. */
  forwarded: 0,
  /** Those that had been sent on before, or whose shard nobody knows. */
  forwardedInVain: 0,
  /** Messages for a run that the event log does not have. */
  unknownRun: 0,
  /** Messages for a run that had closed before they came. */
  closedRun: 0,
  /** Results and announcements of an attempt that was over. */
  oldAttempt: 0,
  /** Attempts that nobody had announced for long, offered again. */
  resentTask: 0,
  /** Children that had closed, and whose parent had not been told. */
  missedChild: 0,
  /** Runs that nobody was at, or that waited for nothing, looked at again. */
  wokenRun: 0,
  /** Looks at runs that waited for nothing still. */
  stuckRun: 0,
};

/** What can be counted. */
export type CountName = keyof typeof zero;

/** How often something happened since the owner was made. */
export class Counts {
  private readonly counts: Record<CountName, number> = { ...zero };

  add(name: CountName, by = 1): void {
    this.counts[name] += by;
  }

  get all(): Readonly<Record<CountName, number>> {
    return { ...this.counts };
  }
}

const questions: ReadonlySet<string> = new Set(['result-awaited', 'query-requested', 'update-awaited', 'update-offered']);

/** Counts what came to a run and was of no use to it any more. */
export function countDropped({ deliveries, isUnknown, closing, run }: RunWork, counts: Counts): void {
  if (isUnknown) counts.add('unknownRun', deliveries.length);
  // Who asks a closed run for something gets it.
  if (closing) counts.add('closedRun', deliveries.filter(({ message }) => !questions.has(message.kind)).length);
  if (run) counts.add('oldAttempt', run.takeOldAttempts());
}
