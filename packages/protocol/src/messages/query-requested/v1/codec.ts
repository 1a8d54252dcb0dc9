import type { QueryRequestedMessage } from '@marathon/core';
import type { Codec } from '../../codec.js';
import { payloadMember, withMember } from '../../parts/json-text.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { queryRequestedV1 } from './schema.js';

export const queryRequestedCodecV1: Codec<QueryRequestedMessage, typeof queryRequestedV1> = {
  type: 'query-requested',
  version: 1,
  schema: queryRequestedV1,
  encode: ({ to, kind, input, ...plain }) =>
    toShard(to, plain.runId, withMember(JSON.stringify({ type: kind, v: 1, ...plain }), 'input', input)),
  decode: ({ type, v, input, ...plain }, origin) => ({ kind: type, to: shardOf(origin), ...plain, ...payloadMember('input', input) }),
};
