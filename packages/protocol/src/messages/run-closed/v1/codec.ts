import type { RunClosedMessage } from '@marathon/core';
import { repliesTopic } from '../../../topics.js';
import type { Codec } from '../../codec.js';
import { readFailure, writeFailure } from '../../parts/failure.js';
import { payloadMember, withMember } from '../../parts/json-text.js';
import { runClosedV1 } from './schema.js';

export const runClosedCodecV1: Codec<RunClosedMessage, typeof runClosedV1> = {
  type: 'run-closed',
  version: 1,
  schema: runClosedV1,
  encode({ to, kind, runId, status, result, failure }) {
    const head = JSON.stringify({ type: kind, v: 1, correlationId: to.correlationId, runId, status });
    const value = withMember(withMember(head, 'result', result), 'failure', failure && writeFailure(failure));
    return { topic: repliesTopic, partition: to.partition, key: to.correlationId, value };
  },
  decode({ type, correlationId, runId, status, result, failure }, { partition }) {
    const to = { partition, correlationId };
    return { kind: type, to, runId, status, ...payloadMember('result', result), ...(failure && { failure: readFailure(failure) }) };
  },
};
