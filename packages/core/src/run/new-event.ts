import type { EventData, EventType } from '../history/event.js';
import type { Payload } from '../payload.js';

/** An event that has no place in the history yet. */
export type NewEvent = {
  [Type in EventType]: { readonly type: Type; readonly data: EventData[Type]; readonly payload?: Payload };
}[EventType];
