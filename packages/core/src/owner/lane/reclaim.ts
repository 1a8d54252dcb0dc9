import type { TaskMessage } from '../../messages/message.js';
import { taskOf } from '../../messages/messages-of.js';
import { reclaimAttempts } from '../../run/lease.js';
import type { Run } from '../../run/run.js';
import type { RunWork } from './run-work.js';

/**
 * What a recovered run waits for at workers has to be offered once more: the messages that said so died with the stream. Called
 * before the run is fed; what its code asks for from then on is offered by the commit.
 */
export function reclaim(work: RunWork): void {
  const { run } = work;
  if (!run || !work.isRecovered) return;
  const { runId, state, shard: address, committed } = run;
  const offered = reclaimAttempts(state).filter(({ seq, mapSeq = seq }) => mapSeq <= committed.seq);
  work.reclaimed = offered.map((activity) => taskOf({ runId, address, state, redelivered: true }, activity));
}

/** Whether the attempt is still the one that workers should take, after what the batch brought to the run. */
export function isStillOffered({ activitySeq, attempt }: TaskMessage, run: Run): boolean {
  const activity = run.state.activities.get(activitySeq);
  return activity?.attempt === attempt && activity.isOffered;
}
