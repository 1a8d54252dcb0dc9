import type { TaskMessage } from '@marathon/core';
import { activityTopic, queueOfActivityTopic, queueOfWorkflowTopic, workflowTopic } from '../../../topics.js';
import { type Codec, OriginError } from '../../codec.js';
import { payloadMember, withMember } from '../../parts/json-text.js';
import { activityTaskV1 } from './schema.js';

export const activityTaskCodecV1: Codec<TaskMessage, typeof activityTaskV1> = {
  type: 'activity-task',
  version: 1,
  schema: activityTaskV1,
  encode({ kind, taskQueue, input, heartbeatDetails, replyTo, ...plain }) {
    const { taskQueue: replyQueue, partition } = replyTo;
    const head = JSON.stringify({ type: kind, v: 1, ...plain, replyTo: { topic: workflowTopic(replyQueue), partition } });
    return {
      topic: activityTopic(taskQueue),
      key: `${plain.runId}:${plain.activitySeq}`,
      value: withMember(withMember(head, 'input', input), 'heartbeatDetails', heartbeatDetails),
    };
  },
  decode({ type, v, input, heartbeatDetails, replyTo, ...plain }, origin) {
    const taskQueue = queueOfActivityTopic(origin.topic);
    const replyQueue = queueOfWorkflowTopic(replyTo.topic);
    if (taskQueue === undefined) throw new OriginError(`"${origin.topic}" is not the activity topic of a task queue`);
    if (replyQueue === undefined) throw new OriginError(`"${replyTo.topic}" is not the workflow topic of a task queue`);
    return {
      kind: type,
      taskQueue,
      ...plain,
      ...payloadMember('input', input),
      ...payloadMember('heartbeatDetails', heartbeatDetails),
      replyTo: { taskQueue: replyQueue, partition: replyTo.partition },
    };
  },
};
