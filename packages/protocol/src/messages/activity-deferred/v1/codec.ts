import type { ActivityDeferredMessage } from '@marathon/core';
import type { Codec } from '../../codec.js';
import { payloadMember, withMember } from '../../parts/json-text.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { activityDeferredV1 } from './schema.js';

export const activityDeferredCodecV1: Codec<ActivityDeferredMessage, typeof activityDeferredV1> = {
  type: 'activity-deferred',
  version: 1,
  schema: activityDeferredV1,
  encode({ to, kind, runId, activitySeq, attempt, heartbeatDetails }) {
    const head = JSON.stringify({ type: kind, v: 1, runId, activitySeq, attempt });
    return toShard(to, runId, withMember(head, 'heartbeatDetails', heartbeatDetails));
  },
  decode({ type, runId, activitySeq, attempt, heartbeatDetails }, origin) {
    return { kind: type, to: shardOf(origin), runId, activitySeq, attempt, ...payloadMember('heartbeatDetails', heartbeatDetails) };
  },
};
