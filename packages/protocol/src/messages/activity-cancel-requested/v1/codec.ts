import type { ActivityCancelRequestedMessage } from '@marathon/core';
import { activityCancellationsTopic } from '../../../topics.js';
import type { Codec } from '../../codec.js';
import { activityCancelRequestedV1 } from './schema.js';

export const activityCancelRequestedCodecV1: Codec<ActivityCancelRequestedMessage, typeof activityCancelRequestedV1> = {
  type: 'activity-cancel-requested',
  version: 1,
  schema: activityCancelRequestedV1,
  encode({ kind, runId, activitySeq }) {
    return {
      topic: activityCancellationsTopic,
      key: `${runId}:${activitySeq}`,
      value: JSON.stringify({ type: kind, v: 1, runId, activitySeq }),
    };
  },
  decode: ({ type, runId, activitySeq }) => ({ kind: type, runId, activitySeq }),
};
