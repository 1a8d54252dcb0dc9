import type { Clock } from './ports/clock.port.js';
import type { Log } from './ports/log.port.js';
import type { Service } from './ports/service.js';

export interface Round {
  /** What is logged when it fails; the next one is another try. */
  readonly failure: string;
  /** How long it rests behind one. Undefined: until `rest` is called. */
  restMs(hasFailed: boolean): number | undefined;
  perform(): Promise<void>;
}

/** Does rounds of something until it is stopped, one at a time, and rests before each. */
export class Periodic implements Service {
  private cancelNext: (() => void) | undefined;
  private underWay: Promise<void> = Promise.resolve();
  private isWanted = false;

  constructor(
    private readonly round: Round,
    protected readonly clock: Clock,
    protected readonly log: Log,
  ) {}

  /** Before its start, and from its end on: a round that takes long asks whether it is to go on. */
  get isStopped(): boolean {
    return !this.isWanted;
  }

  async start(): Promise<void> {
    this.isWanted = true;
    this.rest();
  }

  /** Resolves when the round under way is over. */
  async stop(): Promise<void> {
    this.isWanted = false;
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
    const restMs = this.isStopped ? undefined : this.round.restMs(hasFailed);
    if (restMs !== undefined) this.cancelNext = this.clock.at(this.clock.now() + restMs, () => this.skipRest());
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
