import type { DeadLetterMessage, TaskMessage } from '@marathon/core';
import { deadLetterTopic } from '../../../topics.js';
import { activityTaskCodecV1 } from '../../activity-task/v1/codec.js';
import type { Codec } from '../../codec.js';
import { readFailure, writeFailure } from '../../parts/failure.js';
import { withMember } from '../../parts/json-text.js';
import { deadLetterV1 } from './schema.js';

export const deadLetterCodecV1: Codec<DeadLetterMessage, typeof deadLetterV1> = {
  type: 'dead-letter',
  version: 1,
  schema: deadLetterV1,
  encode({ kind, task, failure, ...plain }) {
    const head = JSON.stringify({ type: kind, v: 1, ...plain });
    const value = withMember(withMember(head, 'task', task && writeTask(task)), 'failure', failure && writeFailure(failure));
    return { topic: deadLetterTopic, key: keyOf(plain.found, task), value };
  },
  decode({ type, v, task, failure, ...plain }, origin) {
    return {
      kind: type,
      ...plain,
      ...(task && { task: activityTaskCodecV1.decode(task.message, { ...origin, topic: task.topic }) }),
      ...(failure && { failure: readFailure(failure) }),
    };
  },
};

function writeTask(task: TaskMessage): string {
  const { topic, value } = activityTaskCodecV1.encode(task);
  return withMember(JSON.stringify({ topic }), 'message', value);
}

function keyOf(found: DeadLetterMessage['found'], task: DeadLetterMessage['task']): string {
  return found ? `${found.topic}/${found.partition}/${found.offset}` : `${task?.runId}:${task?.activitySeq}`;
}
