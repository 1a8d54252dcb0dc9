import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueue };
const { scheduleCheckPendingRequests } = prototype;

/**
 * Lets a queue of requests rest while nothing waits in it. kafkajs 2.2.4 asks for a timer at every look at the queue, which without
 * a throttle lies in the past, fires a millisecond later and looks again: a thousand times a second on each connection, for ever.
 */
prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) scheduleCheckPendingRequests.call(this);
};
