import type { EventData, EventType, HistoryEvent, Payload } from '../src/index.js';

/** An event but for its place: numbers and instants (1,000, 1,001, …) follow from where it stands. */
export type Recorded = {
  [Type in EventType]: { readonly type: Type; readonly data: EventData[Type]; readonly at?: number; readonly payload?: Payload };
}[EventType];

/** A history that begins with `WorkflowStarted` at 1,000. */
export function recorded(...events: readonly Recorded[]): readonly HistoryEvent[] {
  return startedWith({}, ...events);
}

export function startedWith(data: Partial<EventData['WorkflowStarted']>, ...events: readonly Recorded[]): readonly HistoryEvent[] {
  const started = { type: 'WorkflowStarted', data: { workflow: 'work', workflowId: 'w', taskQueue: 'default', ...data } } as const;
  return [started, ...events].map((event, i) => ({ seq: i + 1, at: 1_000 + i, ...event }) as HistoryEvent);
}
