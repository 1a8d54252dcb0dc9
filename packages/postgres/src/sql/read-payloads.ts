import { type Payload, type PayloadReference, recordedPayload } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const statement: Statement = { name: 'read_payloads', text: 'select reference, content from payloads where reference = any($1)' };

export async function readPayloads(
  executor: Executor,
  references: readonly PayloadReference[],
): Promise<ReadonlyMap<PayloadReference, Payload>> {
  const rows = await executor.query<{ reference: PayloadReference; content: string }>(statement, [references]);
  return new Map(rows.map(({ reference, content }) => [reference, recordedPayload(content)]));
}
