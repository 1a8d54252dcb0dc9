import type { Shard } from '../../ids.js';
import type { Message } from '../../messages/message.js';
import type { InternalInput } from './batch.js';

/** What a task comes to that no message can carry: it fails its activity, for no further attempt would fare better. Nothing for other messages. */
export function inputTooLarge(message: Message, shards: readonly Shard[]): InternalInput | undefined {
  if (message.kind !== 'activity-task') return undefined;
  const { runId, activitySeq, attempt, activity, replyTo } = message;
  const shard = shards.find(({ taskQueue, partition }) => taskQueue === replyTo.taskQueue && partition === replyTo.partition)?.id;
  if (shard === undefined) return undefined;
  const failure = { type: 'InputTooLarge', message: `the input of activity "${activity}" is too large for a message`, nonRetryable: true };
  return { runId, shard, input: { kind: 'attempt-finished', activitySeq, attempt, outcome: { outcome: 'failed', failure } } };
}
