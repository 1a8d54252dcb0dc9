import type { Message } from './message.js';

/**
 * The same message without what made it too large for the stream, where its receiver can read that elsewhere; nothing where it
 * cannot, so that the sender has to answer for it.
 */
export function slim(message: Message): Message | undefined {
  switch (message.kind) {
    case 'run-started': {
      const { started: _, ...rest } = message;
      return message.started && rest;
    }
    case 'request-accepted': {
      const { request: _, ...rest } = message;
      return message.request && rest;
    }
    case 'run-closed': {
      const { result: _, failure: __, ...rest } = message;
      return message.outcomeOmitted ? undefined : { ...rest, outcomeOmitted: true };
    }
    case 'run-events': {
      const runs = message.runs.map((run) => ({ ...run, events: [] }));
      return message.runs.some(({ events }) => events.length > 0) ? { ...message, runs } : undefined;
    }
    default:
      return undefined;
  }
}
