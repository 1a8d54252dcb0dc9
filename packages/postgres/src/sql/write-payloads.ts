import type { Payload, PayloadReference } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const renewal: Statement = {
  name: 'renew_payloads',
  isWrite: true,
  text: 'update payloads set written_at = now() where reference = any($1) returning reference',
};

const insertion: Statement = {
  name: 'write_payload',
  isWrite: true,
  text: 'insert into payloads (reference, content) values ($1, $2) on conflict (reference) do update set written_at = now()',
};

/** What is there already is not sent again. */
export async function writePayloads(executor: Executor, texts: ReadonlyMap<PayloadReference, Payload>): Promise<void> {
  const renewed = new Set((await executor.query<{ reference: string }>(renewal, [[...texts.keys()]])).map(({ reference }) => reference));
  for (const [reference, text] of texts) if (!renewed.has(reference)) await executor.query(insertion, [reference, text]);
}
