import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@marathon/core';

const probeIntervalMs = 1_000;

/** Knows whether Kafka answers: asks every second, and logs each change once. */
export class ConnectionWatch {
  #isUp: boolean | undefined;
  #watching: Promise<void> | undefined;
  #stopping = new AbortController();

  /** `probe` rejects when Kafka does not answer. */
  constructor(
    private readonly probe: () => Promise<unknown>,
    private readonly log: Log,
    private readonly onChange: (isUp: boolean) => void,
  ) {}

  get isUp(): boolean {
    return this.#isUp === true;
  }

  /** Resolves with the first answer, whatever it is. */
  async start(): Promise<void> {
    if (this.#watching) return;
    this.#stopping = new AbortController();
    await this.#look();
    this.#watching = this.#watch(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
    this.#watching = undefined;
    if (this.#isUp) this.onChange(false);
    this.#isUp = undefined;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(probeIntervalMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.#look();
    }
  }

  async #look(): Promise<void> {
    const failure = await this.probe().then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const before = this.#isUp;
    this.#isUp = failure === undefined;
    if (this.#isUp === before) return;
    if (failure) this.log.warn('Kafka does not answer; it is tried again every second', failure);
    else if (before === false) this.log.info('Kafka answers again');
    this.onChange(this.#isUp);
  }
}
