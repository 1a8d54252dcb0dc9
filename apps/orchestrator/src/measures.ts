import type { CountName } from '@marathon/core';
import type { Measure } from '@marathon/host';

type Counts = Readonly<Record<CountName, number>>;

/** What each count of an owner says: messages that it dropped, sent on, or runs that it helped. A new count has to say so here. */
const meanings: Record<CountName, 'drop' | 'forward' | 'help'> = {
  forwarded: 'forward',
  forwardedInVain: 'drop',
  unknownRun: 'drop',
  closedRun: 'drop',
  oldAttempt: 'drop',
  resentTask: 'help',
  missedChild: 'help',
  wokenRun: 'help',
  stuckRun: 'help',
};

/** How often messages were dropped, by reason. */
export const dropsOf = (counts: Counts): Readonly<Record<string, number>> => only(counts, 'drop');

/** What an orchestrator tells of itself as OpenTelemetry metrics. */
export function orchestratorMeasures(orchestrator: { readonly counts: Counts }): readonly Measure[] {
  const measure = (meaning: 'drop' | 'forward' | 'help', rest: Omit<Measure, 'kind' | 'read'>): Measure => ({
    ...rest,
    kind: 'counter',
    read: () => only(orchestrator.counts, meaning),
  });
  return [
    measure('drop', {
      name: 'marathon.orchestrator.message.drops',
      description: 'Messages that were of no use to their run any more, or whose run or shard nobody knows',
      unit: '{message}',
      by: 'marathon.drop.reason',
    }),
    measure('forward', {
      name: 'marathon.orchestrator.message.forwards',
      description: 'Messages that were sent on to the shard of their run',
      unit: '{message}',
    }),
    measure('help', {
      name: 'marathon.orchestrator.run.helps',
      description: 'Runs that stood still and were looked at, and attempts that were offered again',
      unit: '{run}',
      by: 'marathon.help.kind',
    }),
  ];
}

const only = (counts: Counts, meaning: 'drop' | 'forward' | 'help'): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counts).filter(([name]) => meanings[name as CountName] === meaning));
