import type { DeadLetterMessage, FoundMessage, Message } from './message.js';

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
    case 'run-answered':
    case 'run-closed': {
      const { result: _, failure: __, ...rest } = message;
      return message.outcomeOmitted ? undefined : { ...rest, outcomeOmitted: true };
    }
    case 'child-closed': {
      const { result: _, failure: __, ...rest } = message;
      return message.outcomeOmitted ? undefined : { ...rest, outcomeOmitted: true };
    }
    case 'run-events': {
      const runs = message.runs.map((run) => ({ ...run, events: [] }));
      return message.runs.some(({ events }) => events.length > 0) ? { ...message, runs } : undefined;
    }
    case 'dead-letter':
      return message.found ? shortened(message, message.found) : withoutInput(message);
    default:
      return undefined;
  }
}

/** What is left of a text that says enough of what it was. */
const excerptChars = 32 * 1_024;

/** First the end of the value goes, then all that may be large. */
function shortened(letter: DeadLetterMessage, found: FoundMessage): DeadLetterMessage | undefined {
  const { value, omittedChars = 0, key, headers } = found;
  if (value === '' && omittedChars > 0) return undefined;
  const kept = value.slice(0, omittedChars === 0 ? excerptChars : 0);
  const omitted = { value: kept, omittedChars: omittedChars + value.length - kept.length };
  if (kept !== '') return { ...letter, found: { ...found, ...omitted, headers } };
  return { ...letter, found: { ...found, ...omitted, key: key.slice(0, excerptChars), headers: {} } };
}

function withoutInput(letter: DeadLetterMessage): DeadLetterMessage | undefined {
  if (!letter.task || letter.inputOmitted) return undefined;
  const { input, heartbeatDetails, ...task } = letter.task;
  return { ...letter, task, inputOmitted: true };
}
