import type { Failure } from '../failure.js';
import { decodePayload, encodePayload, type Payload, smallPayloadCharsMax } from '../payload.js';
import { InvalidCommandError } from './errors.js';
import { failureOf } from './failure-of.js';
import { Look } from './look.js';
import type { RunScope } from './run-scope.js';

/** What a run's code answers to a query. */
export type QueryAnswer =
  | { readonly outcome: 'completed'; readonly result?: Payload }
  | { readonly outcome: 'failed'; readonly failure: Failure }
  /** There is no such handler: these are. */
  | { readonly outcome: 'unknown'; readonly names: readonly string[] };

/** The handlers of a run's queries, by name. */
export class QueryHandlers {
  private readonly handlers = new Map<string, (input: unknown) => unknown>();

  /** @throws InvalidCommandError when the name has a handler. */
  register(name: string, handler: (input: unknown) => unknown): void {
    if (this.handlers.has(name)) throw new InvalidCommandError(`query "${name}" has a handler already: register one for a name`);
    this.handlers.set(name, handler);
  }

  has(name: string): boolean {
    return this.handlers.has(name);
  }

  /** @param onLook is told of the look before it begins. */
  answer(name: string, input: Payload | undefined, run: RunScope, onLook: (look: Look) => void): QueryAnswer {
    const handler = this.handlers.get(name);
    if (!handler) return { outcome: 'unknown', names: [...this.handlers.keys()].sort() };
    const look = new Look(run, `query "${name}"`);
    onLook(look);
    try {
      const answer = look.perform(() => handler(decodePayload(input)));
      const result = encodePayload(answer, `the answer of query "${name}"`, smallPayloadCharsMax);
      return result === undefined ? { outcome: 'completed' } : { outcome: 'completed', result };
    } catch (thrown) {
      return { outcome: 'failed', failure: failureOf(thrown) };
    }
  }
}
