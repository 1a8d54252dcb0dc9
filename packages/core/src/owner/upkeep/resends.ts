import type { AttemptRef } from '../../messages/message.js';

interface Offer {
  seenAtMs: number;
  resends: number;
  resentAtMs: number;
  isSeen: boolean;
}

/** How many attempts are remembered: of more, the oldest are sent again later than they should be. */
const attemptsMax = 100_000;
/** An attempt that nobody takes is sent again twice as late each time, up to this many times as late. */
const factorMax = 16;

/** Which attempts nobody has announced, and when they were sent again: those of a queue that nobody serves must not pile up in the stream. */
export class Resends {
  private readonly offers = new Map<string, Offer>();

  constructor(private readonly afterMs: number) {}

  /**
   * Whether the attempt, which nobody has announced, is to be sent again at `nowMs`; remembered as sent when it is. A run that works
   * off what came long ago offers attempts with instants of that time, so that an attempt has to be seen for half of the time, too.
   */
  isDue({ runId, activitySeq, attempt }: AttemptRef, offeredAtMs: number, nowMs: number): boolean {
    const offer = this.see(`${runId}:${activitySeq}:${attempt}`, nowMs);
    const factor = Math.min(2 ** offer.resends, factorMax);
    const isTooEarly = nowMs < Math.max(offeredAtMs, offer.resentAtMs) + factor * this.afterMs;
    if (isTooEarly || nowMs < offer.seenAtMs + this.afterMs / 2) return false;
    offer.resends++;
    offer.resentAtMs = nowMs;
    return true;
  }

  /** All attempts that are open were asked for since the last call: the others are over. */
  endPass(): void {
    for (const [key, offer] of this.offers) {
      if (offer.isSeen) offer.isSeen = false;
      else this.offers.delete(key);
    }
  }

  get size(): number {
    return this.offers.size;
  }

  private see(key: string, nowMs: number): Offer {
    const known = this.offers.get(key);
    if (known) known.isSeen = true;
    if (known) return known;
    const offer = { seenAtMs: nowMs, resends: 0, resentAtMs: 0, isSeen: true };
    this.offers.set(key, offer);
    if (this.offers.size > attemptsMax) this.forgetOldest();
    return offer;
  }

  private forgetOldest(): void {
    for (const key of this.offers.keys()) {
      this.offers.delete(key);
      return;
    }
  }
}
