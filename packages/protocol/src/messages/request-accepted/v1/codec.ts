import type { RequestAcceptedMessage, RunRequest } from '@marathon/core';
import type { z } from 'zod';
import type { Codec } from '../../codec.js';
import { readFailure, writeFailure } from '../../parts/failure.js';
import { payloadMember, withMember } from '../../parts/json-text.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { requestAcceptedV1 } from './schema.js';

type WireRequest = NonNullable<z.output<typeof requestAcceptedV1>['request']>;

export const requestAcceptedCodecV1: Codec<RequestAcceptedMessage, typeof requestAcceptedV1> = {
  type: 'request-accepted',
  version: 1,
  schema: requestAcceptedV1,
  encode({ to, kind, request, ...plain }) {
    const head = JSON.stringify({ type: kind, v: 1, ...plain });
    return toShard(to, plain.runId, withMember(head, 'request', request && writeRequest(request)));
  },
  decode({ type, v, request, ...plain }, origin) {
    return { kind: type, to: shardOf(origin), ...plain, ...(request && { request: readRequest(request, plain.n) }) };
  },
};

function writeRequest(request: RunRequest): string {
  switch (request.kind) {
    case 'signal':
    case 'update':
    case 'complete-activity': {
      const { n, payload, ...plain } = request;
      return withMember(JSON.stringify(plain), 'payload', payload);
    }
    case 'fail-activity': {
      const { n, failure, ...plain } = request;
      return withMember(JSON.stringify(plain), 'failure', writeFailure(failure));
    }
    default: {
      const { n, ...plain } = request;
      return JSON.stringify(plain);
    }
  }
}

function readRequest(request: WireRequest, n: number): RunRequest {
  switch (request.kind) {
    case 'signal':
    case 'update':
    case 'complete-activity': {
      const { payload, ...plain } = request;
      return { ...plain, n, ...payloadMember('payload', payload) };
    }
    case 'fail-activity':
      return { ...request, n, failure: readFailure(request.failure) };
    default:
      return { ...request, n };
  }
}
