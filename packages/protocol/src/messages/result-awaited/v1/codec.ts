import type { ResultAwaitedMessage } from '@marathon/core';
import type { Codec } from '../../codec.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { resultAwaitedV1 } from './schema.js';

export const resultAwaitedCodecV1: Codec<ResultAwaitedMessage, typeof resultAwaitedV1> = {
  type: 'result-awaited',
  version: 1,
  schema: resultAwaitedV1,
  encode: ({ to, kind, ...plain }) => toShard(to, plain.runId, JSON.stringify({ type: kind, v: 1, ...plain })),
  decode: ({ type, v, ...plain }, origin) => ({ kind: type, to: shardOf(origin), ...plain }),
};
