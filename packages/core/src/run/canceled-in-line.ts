import type { NewEvent } from './new-event.js';

/** How a run ends that is canceled before there was room for it. */
export const canceledInLine = (reason: string | undefined): NewEvent => ({
  type: 'WorkflowCanceled',
  data: reason === undefined ? {} : { reason },
});
