import type { ActivityClaimAnsweredMessage } from '@marathon/core';
import { repliesTopic } from '../../../topics.js';
import type { Codec } from '../../codec.js';
import { activityClaimAnsweredV1 } from './schema.js';

export const activityClaimAnsweredCodecV1: Codec<ActivityClaimAnsweredMessage, typeof activityClaimAnsweredV1> = {
  type: 'activity-claim-answered',
  version: 1,
  schema: activityClaimAnsweredV1,
  encode({ to, kind, answers }) {
    const { partition, correlationId } = to;
    return { topic: repliesTopic, partition, key: correlationId, value: JSON.stringify({ type: kind, v: 1, correlationId, answers }) };
  },
  decode: ({ type, correlationId, answers }, { partition }) => ({ kind: type, to: { partition, correlationId }, answers }),
};
