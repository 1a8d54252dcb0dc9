import { MarathonError } from '@marathon/core';

/** A class that is to be a workflow cannot be one. */
export class WorkflowRegistrationError extends MarathonError {
  readonly code = 'MARATHON_WORKFLOW_REGISTRATION_INVALID';
}
