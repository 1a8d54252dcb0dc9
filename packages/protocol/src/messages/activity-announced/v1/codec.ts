import type { ActivityAnnouncedMessage } from '@marathon/core';
import type { Codec } from '../../codec.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { activityAnnouncedV1 } from './schema.js';

export const activityAnnouncedCodecV1: Codec<ActivityAnnouncedMessage, typeof activityAnnouncedV1> = {
  type: 'activity-announced',
  version: 1,
  schema: activityAnnouncedV1,
  encode: ({ to, kind, ...plain }) => toShard(to, plain.runId, JSON.stringify({ type: kind, v: 1, ...plain })),
  decode: ({ type, v, ...plain }, origin) => ({ kind: type, to: shardOf(origin), ...plain }),
};
