import type { ActivityClaimRequestedMessage } from '@marathon/core';
import type { Codec } from '../../codec.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { activityClaimRequestedV1 } from './schema.js';

export const activityClaimRequestedCodecV1: Codec<ActivityClaimRequestedMessage, typeof activityClaimRequestedV1> = {
  type: 'activity-claim-requested',
  version: 1,
  schema: activityClaimRequestedV1,
  encode: ({ to, kind, ...plain }) => toShard(to, plain.worker, JSON.stringify({ type: kind, v: 1, ...plain })),
  decode: ({ type, v, ...plain }, origin) => ({ kind: type, to: shardOf(origin), ...plain }),
};
