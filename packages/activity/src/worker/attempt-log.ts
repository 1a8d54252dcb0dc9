import { Logger } from '@nestjs/common';
import type { Attempt } from './attempt.js';
import type { AttemptEnd } from './attempt-outcome.js';
import type { Occurrences } from './occurrences.js';

/** What operators and authors read of attempts that did not go well. Stacks are here, and nowhere else. */
export class AttemptLog {
  readonly #occurrences: Occurrences;
  readonly #log = new Logger('ActivityWorker');

  constructor(occurrences: Occurrences) {
    this.#occurrences = occurrences;
  }

  noteOutcome({ task, ref }: Attempt, outcome: AttemptEnd, thrown: unknown): void {
    if (outcome.outcome === 'failed') {
      const message = `activity "${task.activity}" failed at attempt ${ref.attempt}`;
      if (thrown === undefined) this.#log.warn(`${message}: ${outcome.failure.message}`, { ...ref });
      else this.#log.warn(message, thrown, { ...ref });
    } else if (outcome.outcome === 'timed-out') {
      const count = this.#occurrences.count(`timed-out:${task.activity}`);
      const message = `activity "${task.activity}" timed out (${outcome.timeout}) and keeps its slot until its code ends`;
      if (count !== undefined) this.#log.warn(message, { ...ref, count });
    }
  }

  noteLateEnd({ task, ref }: Attempt): void {
    const count = this.#occurrences.count(`late:${task.activity}`);
    if (count !== undefined) this.#log.warn(`activity "${task.activity}" ended too late: what it gave is dropped`, { ...ref, count });
  }
}
