import type { ActivityFinishedMessage, AttemptOutcome } from '@marathon/core';
import type { z } from 'zod';
import type { Codec } from '../../codec.js';
import { readFailure, writeFailure } from '../../parts/failure.js';
import { payloadMember, withMember } from '../../parts/json-text.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { activityFinishedV1 } from './schema.js';

type Wire = z.output<typeof activityFinishedV1>;

export const activityFinishedCodecV1: Codec<ActivityFinishedMessage, typeof activityFinishedV1> = {
  type: 'activity-finished',
  version: 1,
  schema: activityFinishedV1,
  encode(message) {
    const { kind, runId, activitySeq, attempt, outcome } = message;
    const head = JSON.stringify({ type: kind, v: 1, runId, activitySeq, attempt, outcome });
    return toShard(message.to, runId, withMember(writeOutcome(head, message), 'heartbeatDetails', message.heartbeatDetails));
  },
  decode(wire, origin) {
    const { type, runId, activitySeq, attempt } = wire;
    const details = payloadMember('heartbeatDetails', wire.heartbeatDetails);
    return { kind: type, to: shardOf(origin), runId, activitySeq, attempt, ...readOutcome(wire), ...details };
  },
};

function writeOutcome(head: string, attempt: AttemptOutcome): string {
  switch (attempt.outcome) {
    case 'completed':
      return withMember(head, 'result', attempt.result);
    case 'failed':
      return withMember(head, 'failure', writeFailure(attempt.failure));
    case 'timed-out':
      return withMember(head, 'timeout', JSON.stringify(attempt.timeout));
    case 'handed-back':
      return withMember(head, 'reason', JSON.stringify(attempt.reason));
  }
}

function readOutcome(wire: Wire): AttemptOutcome {
  switch (wire.outcome) {
    case 'completed':
      return { outcome: wire.outcome, ...payloadMember('result', wire.result) };
    case 'failed':
      return { outcome: wire.outcome, failure: readFailure(wire.failure) };
    case 'timed-out':
      return { outcome: wire.outcome, timeout: wire.timeout };
    case 'handed-back':
      return { outcome: wire.outcome, reason: wire.reason };
  }
}
