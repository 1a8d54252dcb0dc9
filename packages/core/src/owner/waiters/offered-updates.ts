import type { UpdateOfferedMessage } from '../../messages/message.js';
import type { Relay } from '../../relay/relay.js';
import type { Run } from '../../run/run.js';
import type { RunWork } from '../lane/run-work.js';
import type { UpdateWaiters } from './update-waiters.js';

// Gateways offer updates to owners, who accept them with the commit that records them: one flush, and one statement instead of two.
//   O1  An offer is accepted only by a run that is in memory, and when nothing else was asked of it in the batch. Its number is a guess, which
//       the commit proves: when another request was accepted meanwhile, the run is read again and the offer is declined.
//   O2  The commit keeps the update's id as its key. Whoever sends the update again, by whatever way, is told of this one.
//   O3  Who declines says so at once. What is lost was never accepted: the gateway has it accepted after a while.

/** Turns offers into requests to the run, as far as it takes them. @returns those that are declined */
export function acceptOffered(work: RunWork): readonly UpdateOfferedMessage[] {
  const { run, offered } = work;
  if (!offered) return [];
  if (!run || !mayAccept(work, run)) return offered;
  const ids = new Set<string>();
  const declined: UpdateOfferedMessage[] = [];
  const accepted = [];
  for (const offer of offered) {
    const { updateId, name, payload, fingerprint } = offer;
    if (ids.has(updateId) || run.state.updates?.has(updateId)) {
      declined.push(offer);
      continue;
    }
    ids.add(updateId);
    const n = run.state.taken + ids.size;
    work.requests.push({ kind: 'update', n, updateId, name, ...(payload !== undefined && { payload }) });
    accepted.push({ n, idempotencyKey: updateId, fingerprint });
  }
  if (accepted.length > 0) work.accepted = accepted;
  return declined;
}

/** Tells the gateways that these are theirs to have accepted. */
export function decline(offered: readonly UpdateOfferedMessage[], waiters: UpdateWaiters, relay: Relay): void {
  for (const { runId, replyTo } of offered) {
    waiters.forgetOne(runId, replyTo);
    relay.send(undefined, [{ kind: 'run-answered', to: replyTo, runId, outcome: 'declined' }]);
  }
}

const mayAccept = (work: RunWork, run: Run): boolean =>
  run.isProven &&
  run.execution?.hasStarted === true &&
  run.state.runsCode &&
  !run.isEnding &&
  work.requests.length === 0 &&
  !work.readsRequests &&
  !work.isLoaded &&
  !work.isRecovered;
