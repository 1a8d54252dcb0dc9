import type { Clock, TaskMessage } from '@marathon/core';
import { Logger } from '@nestjs/common';
import type { AttemptEnd } from './attempt-outcome.js';
import type { Gateway } from './gateway.js';
import type { Delivery } from './report-sender.js';

const backoffMsMin = 100;
const backoffMsMax = 5_000;

/** Brings results to a gateway that no message can carry. While none can be reached all are kept and tried again, with back-off. */
export class LargeResults {
  readonly #gateway: Gateway;
  readonly #clock: Clock;
  readonly #log = new Logger('ActivityWorker');
  readonly #backoffs = new Set<() => void>();
  #isClosed = false;

  constructor(gateway: Gateway, clock: Clock) {
    this.#gateway = gateway;
    this.#clock = clock;
  }

  /** Resolves when it is decided; never rejects. */
  async bring(task: TaskMessage, outcome: AttemptEnd): Promise<Delivery> {
    if (outcome.outcome !== 'completed' || outcome.result === undefined) return 'sent';
    for (let failures = 0; !this.#isClosed; failures += 1) {
      const brought = await this.#gateway.bring(task, outcome.result);
      if (brought === 'refused') return 'refused';
      if (brought !== 'unreachable') return 'sent';
      if (failures === 0) this.#log.warn('no gateway takes a large result; it is kept and tried again', { gateway: task.gatewayUrl });
      await this.#backOff(Math.min(backoffMsMin * 2 ** failures, backoffMsMax));
    }
    return 'abandoned';
  }

  /** Gives up what is not brought. */
  close(): void {
    this.#isClosed = true;
    for (const end of [...this.#backoffs]) end();
  }

  #backOff(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#backoffs.delete(end);
        resolve();
      };
      const cancel = this.#clock.at(this.#clock.now() + delayMs, end);
      this.#backoffs.add(end);
    });
  }
}
