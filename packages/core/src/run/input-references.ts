import type { RunRequest } from '../messages/message.js';
import type { Payload } from '../payload.js';
import { isReference, type PayloadReference } from '../payload-reference.js';
import type { RunInput } from './run-input.js';

/** What an input brings to the code that stands beside it. */
export function referencesOfInput(input: RunInput): readonly PayloadReference[] {
  const payload = payloadOf(input);
  return isReference(payload) ? [payload] : none;
}

/** True for an input after which code is fed what came while it was stopped, or before its start: its event is a release. */
export const releases = (input: RunInput): boolean =>
  input.kind === 'request' ? releasing.has(input.request.kind) : input.kind === 'take-up' || input.kind === 'start-delay-elapsed';

const releasing: ReadonlySet<RunRequest['kind']> = new Set(['resume', 'admit-run']);

const none: readonly PayloadReference[] = [];

function payloadOf(input: RunInput): Payload | undefined {
  switch (input.kind) {
    case 'attempt-finished':
    case 'step-finished':
      return input.outcome.outcome === 'completed' ? input.outcome.result : undefined;
    case 'child-closed':
      return input.result;
    case 'request':
      return 'payload' in input.request ? input.request.payload : undefined;
    default:
      return undefined;
  }
}
