import type { Clock, TaskMessage } from '@marathon/core';
import { Logger } from '@nestjs/common';
import type { AttemptEnd } from './attempt-outcome.js';
import { BackOff } from './back-off.js';
import type { Gateway } from './gateway.js';
import type { Delivery } from './report-sender.js';

/** Brings results to a gateway that no message can carry. While none can be reached all are kept and tried again, with back-off. */
export class LargeResults {
  readonly #gateway: Gateway;
  readonly #backOff: BackOff;
  readonly #log = new Logger('ActivityWorker');

  constructor(gateway: Gateway, clock: Clock) {
    this.#gateway = gateway;
    this.#backOff = new BackOff(clock);
  }

  /** Resolves when it is decided; never rejects. */
  async bring(task: TaskMessage, outcome: AttemptEnd): Promise<Delivery> {
    if (outcome.outcome !== 'completed' || outcome.result === undefined) return 'sent';
    for (let failures = 0; !this.#backOff.isClosed; failures += 1) {
      const brought = await this.#gateway.bring(task, outcome.result);
      if (brought === 'refused') return 'refused';
      if (brought !== 'unreachable') return 'sent';
      if (failures === 0) this.#log.warn('no gateway takes a large result; it is kept and tried again', { gateway: task.gatewayUrl });
      await this.#backOff.wait(failures);
    }
    return 'abandoned';
  }

  /** Gives up what is not brought. */
  close(): void {
    this.#backOff.close();
  }
}
