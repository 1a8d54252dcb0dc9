import type { ShardAddress } from '@marathon/core';
import { queueOfWorkflowTopic, workflowTopic } from '../../topics.js';
import { type Origin, OriginError } from '../codec.js';

/** A message to the owner of a run's shard goes into the shard's partition; the run is its key. */
export const toShard = (to: ShardAddress, runId: string, value: string) => ({
  topic: workflowTopic(to.taskQueue),
  partition: to.partition,
  key: runId,
  value,
});

/** The shard whose partition a message was found in. @throws OriginError for a topic that is no workflow topic. */
export function shardOf({ topic, partition }: Origin): ShardAddress {
  const taskQueue = queueOfWorkflowTopic(topic);
  if (taskQueue === undefined) throw new OriginError(`"${topic}" is not the workflow topic of a task queue`);
  return { taskQueue, partition };
}
