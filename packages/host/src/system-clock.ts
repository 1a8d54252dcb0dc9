import type { Clock } from '@marathon/core';

/** Node's timers take no longer delay. */
const delayMsMax = 2 ** 31 - 1;

/** The time of this machine. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  at(atMs: number, action: () => void): () => void {
    let timer: NodeJS.Timeout;
    // A timer may fire a millisecond early, and one of many weeks fires in between: both look again.
    const wait = (leftMs: number): void => {
      timer = setTimeout(
        () => {
          const stillLeftMs = atMs - Date.now();
          if (stillLeftMs > 0) wait(stillLeftMs);
          else action();
        },
        Math.min(leftMs, delayMsMax),
      );
    };
    wait(Math.max(0, atMs - Date.now()));
    return () => clearTimeout(timer);
  }
}
