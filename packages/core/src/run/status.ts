/**
 * Pending → Running → closed, and Suspended in between. `Pending` says that no decision of the run's code is recorded yet.
 * The numbers are stored in the database and are never given to another status.
 */
export const statusCodes = {
  Pending: 0,
  Running: 1,
  Suspended: 2,
  Completed: 10,
  Failed: 11,
  Canceled: 12,
  TimedOut: 13,
  Terminated: 14,
  ContinuedAsNew: 15,
} as const;

export type RunStatus = keyof typeof statusCodes;
export type ClosedStatus = 'Completed' | 'Failed' | 'Canceled' | 'TimedOut' | 'Terminated' | 'ContinuedAsNew';

export const runStatuses = Object.keys(statusCodes) as readonly RunStatus[];
const byCode = new Map(runStatuses.map((status) => [statusCodes[status] as number, status]));

/** @throws RangeError for a number that this build does not know. */
export function runStatus(code: number): RunStatus {
  const status = byCode.get(code);
  if (!status) throw new RangeError(`status code ${code} is unknown to this build`);
  return status;
}

export const isClosed = (status: RunStatus): status is ClosedStatus => statusCodes[status] >= statusCodes.Completed;
