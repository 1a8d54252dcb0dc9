import type { DefinitionRegistry } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

// Rows are locked in the order in which announcements lock them.
const renew: Statement = {
  name: 'renew_definitions',
  isWrite: true,
  text: `
    with mine as (
      select workflow from definitions where task_queue = $1 and build = $2 order by workflow for update
    ), renewed as (
      update definitions d set registered_at = now() from mine where d.task_queue = $1 and d.workflow = mine.workflow returning d.workflow
    )
    select exists (select from renewed) or exists (
      select from definitions where task_queue = $1 and build <> $2 and registered_at > now() - make_interval(secs => $3::float8 / 1000)
    ) as "isInForce"`,
};

export async function renewDefinitions(
  executor: Executor,
  { taskQueue, build, abandonedAfterMs }: Parameters<DefinitionRegistry['renew']>[0],
): Promise<boolean> {
  const [row] = await executor.query<{ readonly isInForce: boolean }>(renew, [taskQueue, build, abandonedAfterMs]);
  return row?.isInForce === true;
}
