import { decodePayload, type Payload } from '../payload.js';
import { Wait } from './wait.js';

/** Signals that came and were not consumed yet, and the code that waits for some. Each goes to one waiter, in order. */
export class SignalInbox {
  private readonly buffered = new Map<string, (Payload | undefined)[]>();
  private readonly waiters = new Map<string, Wait[]>();

  deliver(name: string, payload: Payload | undefined): void {
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

  next(name: string): Promise<unknown> {
    const wait = new Wait('signal', name);
    const queue = this.buffered.get(name);
    if (queue) {
      wait.resolve(decodePayload(queue.shift()));
      this.forgetWhenEmpty(this.buffered, name);
    } else {
      this.waiters.set(name, [...(this.waiters.get(name) ?? []), wait]);
    }
    return wait.promise;
  }

  cancel(error: Error): void {
    const waiting = [...this.waiters.values()].flat();
    this.waiters.clear();
    for (const wait of waiting) wait.reject(error);
  }

  get isAwaited(): boolean {
    return this.waiters.size > 0;
  }

  /** The names that code waits for. */
  get awaited(): readonly string[] {
    return [...this.waiters.keys()];
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
