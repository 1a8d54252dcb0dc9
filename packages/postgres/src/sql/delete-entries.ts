import type { OutboxEntryId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const statement: Statement = {
  name: 'delete_entries',
  isWrite: true,
  text: `delete from outbox where id = any (array(select id from outbox where id = any ($1::bigint[]) order by id for update))`,
};

export async function deleteEntries(executor: Executor, ids: readonly OutboxEntryId[]): Promise<void> {
  await executor.query(statement, [ids]);
}
