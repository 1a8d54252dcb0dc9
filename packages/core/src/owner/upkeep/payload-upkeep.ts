import { Periodic } from '../../periodic.js';
import type { Clock } from '../../ports/clock.port.js';
import type { Log } from '../../ports/log.port.js';
import type { PayloadStore } from '../../ports/payload-store.port.js';

const intervalMs = 3_600_000;
/** A message may be under way for as long before what it refers to is in a history. */
const unusedForMs = 7 * 24 * 3_600_000;

/** Removes, every hour, large payloads that nothing refers to: those of runs that are gone, and those that a process wrote as it died. */
export class PayloadUpkeep extends Periodic {
  constructor(
    private readonly payloads: PayloadStore,
    clock: Clock,
    log: Log,
  ) {
    const failure = 'large payloads that nothing refers to could not be removed; it will be tried again';
    super({ failure, restMs: () => intervalMs, perform: () => this.remove() }, clock, log);
  }

  private async remove(): Promise<void> {
    let removed = 0;
    for (let isPartial = true; isPartial && !this.isStopped; ) {
      const removal = await this.payloads.removeUnused(this.clock.now() - unusedForMs);
      removed += removal.removed;
      isPartial = removal.isPartial;
    }
    if (removed > 0) this.log.info('removed large payloads that nothing referred to', { payloads: removed });
  }
}
