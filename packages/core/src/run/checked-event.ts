import { misfitOf, refusalOf } from '../execution/definition/contract.js';
import type { Execution } from '../execution/execution.js';
import type { NewEvent } from './new-event.js';
import type { PendingActivity } from './pending-activity.js';

/**
 * What comes to a run, held against the schemas that its code has for it. What is found is recorded with it: a replay does not ask again,
 * so that other schemas change nothing about what has been.
 * @param execution absent when the code is not there: it looks at a result itself then
 * @param activities the open ones of the run: an item is held against the schema of its map
 */
export function checkedEvent(
  event: NewEvent,
  execution: Execution | undefined,
  activities: ReadonlyMap<number, PendingActivity>,
): NewEvent {
  switch (event.type) {
    case 'ActivityCompleted': {
      const { activitySeq, attempt, n } = event.data;
      if (!execution) return { ...event, data: { ...event.data, isUnchecked: true } };
      const wait = execution.waitOf(activities.get(activitySeq)?.mapSeq ?? activitySeq);
      const failure = wait?.schema && misfitOf(wait.schema, event.payload, `the result of activity "${wait.label}"`);
      return failure ? { type: 'ActivityFailed', data: { activitySeq, attempt, failure, ...(n !== undefined && { n }) } } : event;
    }
    case 'SignalReceived':
    case 'UpdateReceived': {
      const kind = event.type === 'SignalReceived' ? 'signal' : 'update';
      const failure = execution && refusalOf(execution.definition, kind, event.data.name, event.payload);
      return failure ? ({ ...event, data: { ...event.data, failure } } as NewEvent) : event;
    }
    default:
      return event;
  }
}
