import type { EventEmitter } from 'node:events';
import type { Closing } from './closing.js';
import type { Wait } from './result-waits.js';

/** How long a caller waits: until an instant, or until it goes away. */
export class Patience {
  private held: Wait | undefined;
  private isGone = false;

  /**
   * @param untilMs milliseconds since 1970
   * @param connection emits `close` when the caller is gone, or answered
   */
  constructor(
    private readonly untilMs: number,
    connection: Pick<EventEmitter, 'once'>,
  ) {
    connection.once('close', () => {
      this.isGone = true;
      this.held?.release();
    });
  }

  /** How the run ended, or nothing when patience did. The wait is over then. */
  async waitOut(wait: Wait): Promise<Closing | undefined> {
    this.held = wait;
    if (this.isGone) wait.release();
    const closing = await wait.until(this.untilMs);
    wait.release();
    return closing;
  }
}
