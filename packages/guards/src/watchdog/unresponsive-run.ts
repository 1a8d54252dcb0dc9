import type { RunId } from '@marathon/core';

/** A run whose code has not given the process back. */
export interface UnresponsiveRun {
  readonly runId: RunId;
  readonly limitMs: number;
  /** Where its code is, as `file:line:column`; absent when that could not be learnt. */
  readonly location?: string;
}

/**
 * Marks the run suspended, so that no other process is held by it. It runs in the watchdog's thread, with connections of its own:
 * the rest of the process stands still, its console included.
 * @param data what the watchdog was started with, cloned into the thread
 * @returns what else is known of the run, for the line that the operator reads
 * @throws when the run could not be marked; the process ends all the same.
 */
export type UnresponsiveRunHandler<Data> = (run: UnresponsiveRun, data: Data) => Promise<{ readonly workflowId?: string }>;

/**
 * The line an operator reads last: what held the process, where, what was done about it and what happens next.
 * @param marked what the handler said; undefined where there is none
 */
export function describeUnresponsiveRun(run: UnresponsiveRun, marked: { readonly workflowId?: string } | Error | undefined): string {
  const held = `marathon: workflow code held the process for ${run.limitMs} ms`;
  const where = run.location === undefined ? '' : ` at ${run.location}`;
  if (marked === undefined) return `${held}${where}: run ${run.runId}; the process ends, and all runs with it: nothing of them is kept`;
  if (marked instanceof Error) {
    return `${held}${where}: run ${run.runId} could not be marked suspended (${marked.message}); the process ends, and the next owner of the run meets it again`;
  }
  const workflow = marked.workflowId === undefined ? '' : ` of workflow ${marked.workflowId}`;
  return `${held}${where}: run ${run.runId}${workflow} is suspended until it is resumed; the process ends, and other runs go on in the next owner of their shards`;
}

/** EX_SOFTWARE: the program is at fault, not its surroundings. */
export const unresponsiveExitCode = 70;
