import { type Clock, MarathonError, type Message, type MessagePublisher } from '@marathon/core';
import { Logger } from '@nestjs/common';
import { BackOff } from './back-off.js';

/** `refused`: the stream will never take it. `abandoned`: the sender was closed first. */
export type Delivery = 'sent' | 'refused' | 'abandoned';

interface Report {
  readonly message: Message;
  readonly size: number;
  readonly deliver: (delivery: Delivery) => void;
}

const batchCountMax = 500;
const batchSizeMax = 4 * 1_024 * 1_024;

/**
 * Sends what a worker has to say.
 *   R1  One publish at a time; what is said meanwhile, or in the same turn, goes along with the next.
 *   R2  While the stream is away all is kept and tried again, with back-off. Callers bound how much they say: an attempt keeps
 *       its slot until its outcome is sent.
 *   R3  A message that the stream refuses for good holds up no other.
 */
export class ReportSender {
  readonly #publisher: MessagePublisher;
  readonly #backOff: BackOff;
  readonly #log = new Logger('ActivityWorker');
  readonly #queue: Report[] = [];
  #isBusy = false;
  #failures = 0;
  /** So many reports are sent alone, to find the one that made a batch fail. */
  #suspects = 0;

  constructor(publisher: MessagePublisher, clock: Clock) {
    this.#publisher = publisher;
    this.#backOff = new BackOff(clock);
  }

  /** `size` in characters, roughly. Resolves when it is decided; never rejects. */
  send(message: Message, size: number): Promise<Delivery> {
    if (this.#backOff.isClosed) return Promise.resolve('abandoned');
    return new Promise((deliver) => {
      this.#queue.push({ message, size, deliver });
      if (this.#isBusy) return;
      this.#isBusy = true;
      // After all microtasks: tasks that end in the same turn share a publish.
      process.nextTick(() => void this.#pump());
    });
  }

  /** Gives up what is not sent. */
  close(): void {
    this.#backOff.close();
    for (const report of this.#queue.splice(0)) report.deliver('abandoned');
  }

  async #pump(): Promise<void> {
    while (this.#queue.length > 0) await this.#publish(this.#takeBatch());
    this.#isBusy = false;
  }

  #takeBatch(): Report[] {
    const countMax = this.#suspects > 0 ? 1 : batchCountMax;
    let count = 0;
    let size = 0;
    for (const report of this.#queue) {
      size += report.size;
      if (count === countMax || (count > 0 && size > batchSizeMax)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #publish(batch: Report[]): Promise<void> {
    try {
      const { tooLarge } = await this.#publisher.publish(batch.map((report) => report.message));
      const refused = new Set(tooLarge);
      for (const report of batch) report.deliver(refused.has(report.message) ? 'refused' : 'sent');
      this.#proceed();
    } catch (error) {
      await this.#endure(error, batch);
    }
  }

  #proceed(): void {
    if (this.#failures > 0) this.#log.log('the stream takes reports again');
    this.#failures = 0;
    if (this.#suspects > 0) this.#suspects -= 1;
  }

  async #endure(error: unknown, batch: Report[]): Promise<void> {
    if (this.#backOff.isClosed) {
      for (const report of batch) report.deliver('abandoned');
      return;
    }
    const isPassing = error instanceof MarathonError && error.retryable;
    if (!isPassing && batch.length === 1) {
      this.#log.error('a report can never be published', error);
      batch[0]?.deliver('refused');
      this.#proceed();
      return;
    }
    this.#queue.unshift(...batch);
    if (isPassing) await this.#outwait(error);
    else this.#suspects = batch.length;
  }

  #outwait(error: unknown): Promise<void> {
    if (this.#failures === 0) this.#log.warn('the stream takes no reports; they are kept and tried again', error);
    this.#failures += 1;
    return this.#backOff.wait(this.#failures - 1);
  }
}
