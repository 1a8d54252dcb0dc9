import type { RequestAcceptedMessage, RunRequest } from '@marathon/core';
import type { z } from 'zod';
import type { Codec } from '../../codec.js';
import { payloadMember, withMember } from '../../parts/json-text.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { requestAcceptedV1 } from './schema.js';

export const requestAcceptedCodecV1: Codec<RequestAcceptedMessage, typeof requestAcceptedV1> = {
  type: 'request-accepted',
  version: 1,
  schema: requestAcceptedV1,
  encode({ to, runId, request, kind }) {
    return toShard(to, runId, withMember(JSON.stringify({ type: kind, v: 1, runId }), 'request', writeRequest(request)));
  },
  decode({ type, runId, request }, origin) {
    return { kind: type, to: shardOf(origin), runId, request: readRequest(request) };
  },
};

function writeRequest(request: RunRequest): string {
  if (request.kind !== 'signal') return JSON.stringify(request);
  const { payload, ...plain } = request;
  return withMember(JSON.stringify(plain), 'payload', payload);
}

function readRequest(request: z.output<typeof requestAcceptedV1>['request']): RunRequest {
  if (request.kind !== 'signal') return request;
  const { payload, ...plain } = request;
  return { ...plain, ...payloadMember('payload', payload) };
}
