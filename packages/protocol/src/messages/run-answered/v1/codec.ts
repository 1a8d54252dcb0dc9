import type { RunAnsweredMessage } from '@marathon/core';
import { repliesTopic } from '../../../topics.js';
import type { Codec } from '../../codec.js';
import { readFailure, writeFailure } from '../../parts/failure.js';
import { payloadMember, withMember } from '../../parts/json-text.js';
import { runAnsweredV1 } from './schema.js';

export const runAnsweredCodecV1: Codec<RunAnsweredMessage, typeof runAnsweredV1> = {
  type: 'run-answered',
  version: 1,
  schema: runAnsweredV1,
  encode({ to, kind, result, failure, ...plain }) {
    const head = JSON.stringify({ type: kind, v: 1, correlationId: to.correlationId, ...plain });
    const value = withMember(withMember(head, 'result', result), 'failure', failure && writeFailure(failure));
    return { topic: repliesTopic, partition: to.partition, key: to.correlationId, value };
  },
  decode({ type, v, correlationId, result, failure, ...plain }, { partition }) {
    const to = { partition, correlationId };
    return { kind: type, to, ...plain, ...payloadMember('result', result), ...(failure && { failure: readFailure(failure) }) };
  },
};
