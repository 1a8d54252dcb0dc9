import type { Executor, Statement } from '../connections/executor.js';

const statement: Statement = {
  name: 'forget_idle_limits',
  isWrite: true,
  text: `
    delete from limits where (namespace, name) in (
      select namespace, name from limits l
       where full_at_ms <= date_part('epoch', clock_timestamp()) * 1000
         and not exists (select from limit_places p where p.namespace = l.namespace and p.name = l.name)
       limit $1 for update skip locked)`,
};

export async function forgetIdleLimits(executor: Executor, limit: number): Promise<void> {
  await executor.query(statement, [limit]);
}
