import type { RunId, ShardId } from '../../ids.js';
import type { ActivityClaimAnsweredMessage, AttemptRef, Message, ReplyAddress, ShardMessage } from '../../messages/message.js';
import type { RunStore } from '../../ports/run-store.port.js';
import { isFreeFor } from '../../run/pending-activity.js';
import type { Delivery } from '../delivery.js';
import type { Claim, RunWork } from './run-work.js';

// Workers that ask whether an attempt is theirs.
//   C1  An attempt is granted to one worker: the grant is an event of the run's history, committed before it is told.
//   C2  Who was granted an attempt is granted it again as long as it is the current one: the first answer may have been lost.
//   C3  An answer is told only by the shard's owner: the epochs are proven after it was computed, for it may need no commit.

type Answer = ActivityClaimAnsweredMessage['answers'][number];

/** What is about several runs, as deliveries of one run each; it is finished when each of them is. */
export function byRun(delivery: Delivery): readonly Delivery[] {
  const { message, bytes } = delivery;
  if (message.kind !== 'activity-claim-requested') return [delivery];
  const { claims } = message;
  let unfinished = claims.length;
  const done = () => {
    unfinished--;
    if (unfinished === 0) delivery.done();
  };
  return claims.map((claim) => ({ ...delivery, message: { ...message, claims: [claim] }, bytes: Math.ceil(bytes / claims.length), done }));
}

/** Which run a delivery is about. */
export const runOf = (message: Exclude<ShardMessage, { kind: 'leases-renewed' }>): RunId =>
  message.kind === 'activity-claim-requested' ? (message.claims[0] as AttemptRef).runId : message.runId;

/** Answers the claims of a batch that is committed. */
export async function answersTo(works: readonly RunWork[], store: Pick<RunStore, 'ownedShards'>): Promise<readonly Message[]> {
  const claimed = works.filter(({ claims }) => claims.length > 0);
  const decided = claimed.flatMap((work) => work.claims.flatMap((claim) => decide(work, claim) ?? []));
  const shards = new Map(claimed.map(({ shard }) => [shard.id, shard]));
  const owned = await store.ownedShards([...shards.values()]);
  return grouped(decided.filter(({ shard }) => owned.has(shard)));
}

interface Decided {
  readonly shard: ShardId;
  readonly replyTo: ReplyAddress;
  readonly answer: Answer;
}

/** Nothing when the run is another shard's. */
function decide({ run, closing, isUnknown, shard }: RunWork, claim: Claim): Decided | undefined {
  if (!run && !closing && !isUnknown) return undefined;
  const { runId, activitySeq, attempt, worker, replyTo } = claim;
  const activity = run?.state.isOpen ? run.state.activities.get(activitySeq) : undefined;
  const isGranted = activity?.attempt === attempt && activity.startedAtMs !== undefined && isFreeFor(worker, activity);
  return { shard: shard.id, replyTo, answer: { runId, activitySeq, attempt, isGranted } };
}

/** One message for each request. */
function grouped(decided: readonly Decided[]): readonly ActivityClaimAnsweredMessage[] {
  const byRequest = new Map<string, { readonly to: ReplyAddress; readonly answers: Answer[] }>();
  for (const { replyTo, answer } of decided) {
    const key = `${replyTo.partition}:${replyTo.correlationId}`;
    const known = byRequest.get(key);
    if (known) known.answers.push(answer);
    else byRequest.set(key, { to: replyTo, answers: [answer] });
  }
  return [...byRequest.values()].map(({ to, answers }) => ({ kind: 'activity-claim-answered', to, answers }));
}
