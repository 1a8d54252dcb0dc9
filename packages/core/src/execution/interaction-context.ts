import type { QueryDefinition, SignalDefinition } from './interactions.js';

/** What workflow code does about what is sent to its run. */
export interface InteractionContext {
  /**
   * Resolves with the next signal of that name; those that came before are kept and delivered in their order.
   * @throws InvalidCommandError when the signal has a handler.
   */
  waitForSignal<Content>(signal: SignalDefinition<Content>): Promise<Content>;
  waitForSignal<Content = unknown>(name: string): Promise<Content>;

  /**
   * Gives all signals of that name to `handler`: those that came before, and every later one, in their order. An async handler may
   * use the context, and several may be under way at once; the run closes when all have ended. What a handler throws fails the run.
   * @throws InvalidCommandError when the signal has a handler already, or was waited for.
   */
  onSignal<Content>(signal: SignalDefinition<Content>, handler: (content: Content) => void | Promise<void>): void;

  /**
   * Answers queries of that name, as long as the run is known, when it has closed too. The handler returns the answer at once and
   * only looks: a query whose handler calls the context for anything but `now`, or returns a promise, fails and changes nothing.
   * @throws InvalidCommandError when the query has a handler already.
   */
  onQuery<Input, Output>(query: QueryDefinition<Input, Output>, handler: (input: Input) => Output): void;
}
