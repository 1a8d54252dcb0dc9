import type { Clock } from './ports/clock.port.js';
import type { Log } from './ports/log.port.js';
import type { Service } from './ports/service.js';

export interface Round {
  /** What is logged when it fails; the next one is another try. */
  readonly failure: string;
  /** How long it rests behind one. */
  restMs(hasFailed: boolean): number;
  perform(): Promise<void>;
}

/** Does rounds of something until it is stopped, one at a time, and rests before each. */
export class Periodic implements Service {
  private cancelNext: (() => void) | undefined;
  private underWay: Promise<void> = Promise.resolve();
  private isStopped = true;

  constructor(
    private readonly round: Round,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    this.isStopped = false;
    this.rest();
  }

  /** Resolves when the round under way is over. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelNext?.();
    await this.underWay;
  }

  /** Resolves when no round is under way. */
  settled(): Promise<void> {
    return this.underWay;
  }

  /** The next round comes now, or behind the one under way. */
  skipRest(): void {
    if (this.isStopped) return;
    this.cancelNext?.();
    this.underWay = this.underWay.then(() => this.perform());
  }

  /** Begins the rest anew: it may be another by now. */
  rest(hasFailed = false): void {
    this.cancelNext?.();
    if (!this.isStopped) this.cancelNext = this.clock.at(this.clock.now() + this.round.restMs(hasFailed), () => this.skipRest());
  }

  private async perform(): Promise<void> {
    if (this.isStopped) return;
    try {
      await this.round.perform();
      this.rest();
    } catch (error) {
      this.log.warn(this.round.failure, { error });
      this.rest(true);
    }
  }
}
