import type { ActivityWorkerStatus } from '@marathon/activity';
import type { Measure } from '@marathon/host';

/** What an activity worker tells of itself as OpenTelemetry metrics. */
export function workerMeasures(worker: { readonly status: ActivityWorkerStatus }): readonly Measure[] {
  return [
    {
      name: 'marathon.worker.attempts',
      description: 'Attempts by state: that hold a slot, that are overdue among them, that are leased, and tasks that wait',
      unit: '{attempt}',
      kind: 'gauge',
      by: 'marathon.attempt.state',
      read: () => {
        const { running, overdue, leases, waiting } = worker.status;
        return { running, overdue, leased: leases, waiting };
      },
    },
    {
      name: 'marathon.worker.drops',
      description: 'Tasks that were refused, messages that could not be read, attempts that timed out, results that came too late',
      unit: '{message}',
      kind: 'counter',
      by: 'marathon.drop.reason',
      read: () => {
        const { refusedTotal, malformedTotal, unknownVersionTotal, timedOutTotal, lateTotal } = worker.status;
        return {
          refused: refusedTotal,
          malformed: malformedTotal,
          unknownVersion: unknownVersionTotal,
          timedOut: timedOutTotal,
          late: lateTotal,
        };
      },
    },
  ];
}
