import type { RunStartedMessage, TypedEvent } from '@marathon/core';
import type { Codec } from '../../codec.js';
import { readHistoryEvent, writeHistoryEvent } from '../../parts/history-event.js';
import { withMember } from '../../parts/json-text.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { runStartedV1 } from './schema.js';

export const runStartedCodecV1: Codec<RunStartedMessage, typeof runStartedV1> = {
  type: 'run-started',
  version: 1,
  schema: runStartedV1,
  encode({ to, started, kind, ...plain }) {
    return toShard(
      to,
      plain.runId,
      withMember(JSON.stringify({ type: kind, v: 1, ...plain }), 'started', started && writeHistoryEvent(started)),
    );
  },
  decode({ type, v, started, ...plain }, origin) {
    const first = started && (readHistoryEvent(started) as TypedEvent<'WorkflowStarted'>);
    return { kind: type, to: shardOf(origin), ...plain, ...(first && { started: first }) };
  },
};
