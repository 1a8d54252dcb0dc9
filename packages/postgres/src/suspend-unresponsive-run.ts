import { eventCodes, type RunId, type Suspension, statusCodes, wakeCause } from '@marathon/core';
import pg from 'pg';
import { isOpen } from './sql/open-run.js';

export interface UnresponsiveRunHandlerData {
  readonly connectionString: string;
  /** The build whose code does not return: another one takes the run up by itself. */
  readonly build: string;
}

// The row's lock orders this behind a commit that the blocked process has sent; that the process writes nothing afterwards is the
// caller's business. No epoch is proved: the run's own sequence number is what a later owner goes by.
const statement = `
  with suspended as (
    update workflow_runs
       set last_seq = last_seq + 1, status = ${statusCodes.Suspended}, wake_causes = ${wakeCause.deployment}
     where run_id = $1 and ${isOpen} and status <> ${statusCodes.Suspended}
    returning run_id, workflow_id, last_seq
  ), recorded as (
    insert into history_events (run_id, seq, type, at, data)
    select run_id, last_seq, ${eventCodes.WorkflowSuspended}, clock_timestamp(),
           jsonb_build_object('unprocessedFrom', last_seq, 'suspension', $2::jsonb)::text
      from suspended
  )
  select workflow_id from suspended`;

/** Marks a run suspended whose code holds its process; for the watchdog's thread, with a connection of its own. */
export async function handleUnresponsiveRun(
  run: { readonly runId: RunId; readonly limitMs: number; readonly location?: string },
  { connectionString, build }: UnresponsiveRunHandlerData,
): Promise<{ readonly workflowId?: string }> {
  const where = run.location === undefined ? '' : ` at ${run.location}`;
  const suspension: Suspension = {
    reason: 'unresponsive',
    message: `the code held the process for ${run.limitMs} ms${where}: it must give control back between its awaits; move long computations into an activity`,
    build,
  };
  const client = new pg.Client({ connectionString, application_name: 'marathon-watchdog', connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined); // its loss shows in what follows
  await client.connect();
  try {
    const { rows } = await client.query<{ workflow_id: string }>(statement, [run.runId, JSON.stringify(suspension)]);
    return rows[0] ? { workflowId: rows[0].workflow_id } : {};
  } finally {
    await client.end();
  }
}
