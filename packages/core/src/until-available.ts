import { MarathonError } from './errors.js';
import type { Clock } from './ports/clock.port.js';
import type { Log } from './ports/log.port.js';

const pauseMsMin = 100;
const pauseMsMax = 5_000;

/**
 * Does `action` again, with growing pauses, while it fails for a reason that passes; says so each time.
 * @param what names the action in the log: `register the workflows`
 * @throws what `action` throws, when that is not retryable or `isWanted` has become false.
 */
export async function untilAvailable<Result>(
  { clock, log, what, isWanted = () => true }: { readonly clock: Clock; readonly log: Log; readonly what: string; isWanted?(): boolean },
  action: () => Promise<Result>,
): Promise<Result> {
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof MarathonError && error.retryable && isWanted())) throw error;
      log.warn(`cannot ${what} yet; trying again in ${pauseMs} ms`, { reason: error.message });
      await new Promise<void>((resolve) => clock.at(clock.now() + pauseMs, resolve));
    }
  }
}
