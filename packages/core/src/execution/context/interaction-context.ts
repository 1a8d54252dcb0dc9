import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '../definition/interactions.js';

/** What workflow code does about what is sent to its run. */
export interface InteractionContext {
  /**
   * Resolves with the next signal of that name; those that came before are kept and delivered in their order.
   * @throws InvalidCommandError when the signal has a handler.
   */
  waitForSignal<Content>(signal: SignalDefinition<Content>): Promise<Content>;
  /** The same by the name of the signal; nothing is known of what it carries. */
  waitForSignal<Content = unknown>(name: string): Promise<Content>;

  /**
   * Gives all signals of that name to `handler`: those that came before, and every later one, in their order. An async handler may
   * use the context, and several may be under way at once; the run closes when all have ended. What a handler throws fails the run.
   * A handler belongs to the run: a scope that it was registered in does not cancel it.
   * @throws InvalidCommandError when the signal has a handler already, or was waited for.
   */
  onSignal<Content>(signal: SignalDefinition<Content>, handler: (content: Content) => void | Promise<void>): void;

  /**
   * Takes up updates of that name, those that came before included, in their order; several may be under way at once. What the
   * handler returns, or throws, is the answer to the update and is recorded; the run closes when all have ended. `validate` may refuse
   * an update by throwing, before the handler runs: it only looks, at once, and is told to the sender.
   * An update that no handler takes up is refused when the definition does not list it, and waits for its handler when it does.
   * @throws InvalidCommandError when the update has a handler already.
   */
  onUpdate<Input, Output>(
    update: UpdateDefinition<Input, Output>,
    handler: (input: Input) => Output | Promise<Output>,
    options?: { readonly validate?: (input: Input) => void },
  ): void;

  /**
   * Answers queries of that name, as long as the run is known, when it has closed too. The handler returns the answer at once and
   * only looks: a query whose handler calls the context for anything but `now`, or returns a promise, fails and changes nothing.
   * @throws InvalidCommandError when the query has a handler already.
   */
  onQuery<Input, Output>(query: QueryDefinition<Input, Output>, handler: (input: Input) => Output): void;
}
