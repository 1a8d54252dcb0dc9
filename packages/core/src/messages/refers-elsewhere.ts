import type { Payload } from '../payload.js';
import { isReference } from '../payload-reference.js';
import { referencesOf } from '../run/out-of-line.js';
import type { Message, RunRequest } from './message.js';

/**
 * True for a message whose receiver is to read what it is about from the event log, for it has a payload that stands beside that.
 * A task is not one of them: workers read no event log, and get an address.
 */
export function refersElsewhere(message: Message): boolean {
  switch (message.kind) {
    case 'run-started':
      return message.started !== undefined && referencesOf(message.started).length > 0;
    case 'request-accepted':
      return message.request !== undefined && isReference(contentOf(message.request));
    case 'run-closed':
    case 'run-answered':
    case 'child-closed':
      return isReference(message.result);
    case 'run-events':
      return message.runs.some(({ events }) => events.some((event) => referencesOf(event).length > 0));
    case 'dead-letter':
      return isReference(message.task?.input);
    default:
      return false;
  }
}

const contentOf = (request: RunRequest): Payload | undefined => ('payload' in request ? request.payload : undefined);
