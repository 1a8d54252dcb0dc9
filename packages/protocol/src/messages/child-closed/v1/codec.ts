import type { ChildClosedMessage } from '@marathon/core';
import type { Codec } from '../../codec.js';
import { readFailure, writeFailure } from '../../parts/failure.js';
import { payloadMember, withMember } from '../../parts/json-text.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { childClosedV1 } from './schema.js';

export const childClosedCodecV1: Codec<ChildClosedMessage, typeof childClosedV1> = {
  type: 'child-closed',
  version: 1,
  schema: childClosedV1,
  encode({ to, kind, result, failure, ...plain }) {
    const head = JSON.stringify({ type: kind, v: 1, ...plain });
    return toShard(to, plain.runId, withMember(withMember(head, 'result', result), 'failure', failure && writeFailure(failure)));
  },
  decode({ type, v, result, failure, ...plain }, origin) {
    const outcome = { ...payloadMember('result', result), ...(failure && { failure: readFailure(failure) }) };
    return { kind: type, to: shardOf(origin), ...plain, ...outcome };
  },
};
