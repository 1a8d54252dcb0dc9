import { MarathonError } from '@marathon/core';

/** A start under the workflow id of a run that is open. */
export class WorkflowAlreadyOpenError extends MarathonError {
  readonly code = 'MARATHON_WORKFLOW_ID_IN_USE';

  constructor(readonly workflowId: string) {
    super(`an open run has the workflow id "${workflowId}": let it end first, or choose another id`);
  }
}
