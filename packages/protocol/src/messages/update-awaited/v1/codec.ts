import type { UpdateAwaitedMessage } from '@marathon/core';
import type { Codec } from '../../codec.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { updateAwaitedV1 } from './schema.js';

export const updateAwaitedCodecV1: Codec<UpdateAwaitedMessage, typeof updateAwaitedV1> = {
  type: 'update-awaited',
  version: 1,
  schema: updateAwaitedV1,
  encode: ({ to, kind, ...plain }) => toShard(to, plain.runId, JSON.stringify({ type: kind, v: 1, ...plain })),
  decode: ({ type, v, ...plain }, origin) => ({ kind: type, to: shardOf(origin), ...plain }),
};
