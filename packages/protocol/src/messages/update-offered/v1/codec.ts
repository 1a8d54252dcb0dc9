import type { UpdateOfferedMessage } from '@marathon/core';
import type { Codec } from '../../codec.js';
import { payloadMember, withMember } from '../../parts/json-text.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { updateOfferedV1 } from './schema.js';

export const updateOfferedCodecV1: Codec<UpdateOfferedMessage, typeof updateOfferedV1> = {
  type: 'update-offered',
  version: 1,
  schema: updateOfferedV1,
  encode: ({ to, kind, payload, ...plain }) =>
    toShard(to, plain.runId, withMember(JSON.stringify({ type: kind, v: 1, ...plain }), 'payload', payload)),
  decode: ({ type, v, payload, ...plain }, origin) => ({ kind: type, to: shardOf(origin), ...plain, ...payloadMember('payload', payload) }),
};
