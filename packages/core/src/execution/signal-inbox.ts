import { decodePayload, type Payload } from '../payload.js';
import type { CancellationScope } from './cancellation-scope.js';
import { InvalidCommandError } from './errors.js';
import { Wait } from './wait.js';

/** Takes a signal's content. */
export type SignalReceiver = (content: unknown) => void;

/**
 * Signals that came and were not consumed yet, and the code that takes some: by waiting, each goes to one waiter, in order; or by a
 * handler, which gets all of a name.
 */
export class SignalInbox {
  /** What came and was not consumed, by name. */
  readonly buffered = new Map<string, (Payload | undefined)[]>();
  private readonly waiters = new Map<string, Wait[]>();
  readonly handled = new Map<string, SignalReceiver>();
  /** Every name that was ever waited for. */
  private readonly waitedFor = new Set<string>();

  deliver(name: string, payload: Payload | undefined): void {
    const handler = this.handled.get(name);
    if (handler) return handler(decodePayload(payload));
    const waiter = this.waiters.get(name)?.shift();
    if (waiter) {
      this.forgetWhenEmpty(this.waiters, name);
      waiter.resolve(decodePayload(payload));
      return;
    }
    const queue = this.buffered.get(name);
    if (queue) queue.push(payload);
    else this.buffered.set(name, [payload]);
  }

  /**
   * From here on all signals of that name go to the handler, those that came before first.
   * @throws InvalidCommandError when the name has a handler, or was waited for.
   */
  handle(name: string, handler: SignalReceiver): void {
    if (this.handled.has(name)) {
      throw new InvalidCommandError(`signal "${name}" has a handler already: register one, and let it do what both should`);
    }
    if (this.waitedFor.has(name)) throw oneWayOnly(name);
    this.handled.set(name, handler);
    const buffered = this.buffered.get(name) ?? [];
    this.buffered.delete(name);
    for (const payload of buffered) handler(decodePayload(payload));
  }

  /** @throws InvalidCommandError when the name has a handler, which gets every signal. */
  next(name: string, scope?: CancellationScope): Promise<unknown> {
    if (this.handled.has(name)) throw oneWayOnly(name);
    this.waitedFor.add(name);
    const wait = new Wait('signal', name);
    wait.scope = scope;
    const queue = this.buffered.get(name);
    if (queue) {
      wait.resolve(decodePayload(queue.shift()));
      this.forgetWhenEmpty(this.buffered, name);
    } else {
      this.waiters.set(name, [...(this.waiters.get(name) ?? []), wait]);
    }
    return wait.promise;
  }

  /** @returns those that were canceled, in the order of their names. */
  cancel(isMeant: (wait: Wait) => boolean): readonly Wait[] {
    const canceled: Wait[] = [];
    for (const [name, waiters] of [...this.waiters]) {
      const [meant, left] = [waiters.filter(isMeant), waiters.filter((wait) => !isMeant(wait))];
      canceled.push(...meant);
      this.waiters.set(name, left);
      this.forgetWhenEmpty(this.waiters, name);
    }
    return canceled;
  }

  get isAwaited(): boolean {
    return this.waiters.size > 0 || this.handled.size > 0;
  }

  /** How much code waits for signals. */
  get waiting(): number {
    let count = 0;
    for (const { length } of this.waiters.values()) count += length;
    return count;
  }

  /** The names that code waits for, or has a handler for. */
  get awaited(): readonly string[] {
    return [...this.waiters.keys(), ...this.handled.keys()];
  }

  /** What came and was not consumed, for a successor. The order is kept within a name. */
  get unconsumed(): readonly { readonly name: string; readonly payload?: Payload }[] {
    return [...this.buffered].flatMap(([name, payloads]) =>
      payloads.map((payload) => (payload === undefined ? { name } : { name, payload })),
    );
  }

  private forgetWhenEmpty(queues: Map<string, unknown[]>, name: string): void {
    if (queues.get(name)?.length === 0) queues.delete(name);
  }
}

const oneWayOnly = (name: string): InvalidCommandError =>
  new InvalidCommandError(`signal "${name}" is taken both by ctx.onSignal and by ctx.waitForSignal: use one of them for a name`);
