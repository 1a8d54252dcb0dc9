import { setTimeout as delay } from 'node:timers/promises';
import { Measurement } from './measurement.js';

/** After an error a client waits this long, so that an outage does not become a storm. */
const errorPauseMs = 50;

/**
 * The load: `concurrency` clients, each of which begins its next workflow when its last one has ended. What ends while a
 * measurement is open counts into it.
 */
export class ClosedLoop {
  /** The first thing that went wrong, whenever it was. */
  firstError: unknown;
  private measurement: Measurement | undefined;
  private clients: readonly Promise<void>[] = [];
  private begun = 0;
  private isStopped = false;

  /** @param once runs the workflow number `n` to its end and rejects when its result is not what it must be. */
  constructor(
    private readonly once: (n: number) => Promise<void>,
    private readonly concurrency: number,
  ) {}

  start(): void {
    this.clients = Array.from({ length: this.concurrency }, () => this.client());
  }

  beginMeasurement(): Measurement {
    this.measurement = new Measurement();
    return this.measurement;
  }

  endMeasurement(): void {
    this.measurement = undefined;
  }

  /** Resolves when the workflows in flight have ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.clients);
  }

  private async client(): Promise<void> {
    while (!this.isStopped) {
      const beganMs = performance.now();
      try {
        await this.once(this.begun++);
        this.measurement?.completedIn(performance.now() - beganMs);
      } catch (error) {
        this.firstError ??= error;
        this.measurement?.failed();
        if (!this.isStopped) await delay(errorPauseMs);
      }
    }
  }
}
