import type { Clock, Log, Service } from '@marathon/core';

const intervalMs = 60_000;

/** Tells once a minute of the messages that were dropped meanwhile, a line for each reason. */
export class DropLog implements Service {
  #told: Readonly<Record<string, number>> = {};
  #cancel: (() => void) | undefined;

  constructor(
    /** By reason, since the process began. */
    private readonly drops: () => Readonly<Record<string, number>>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    this.#cancel ??= this.clock.at(this.clock.now() + intervalMs, () => this.#tell());
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #tell(): void {
    const drops = this.drops();
    for (const [reason, total] of Object.entries(drops)) {
      const count = total - (this.#told[reason] ?? 0);
      if (count > 0) this.log.info('messages were dropped', { reason, count });
    }
    this.#told = drops;
    this.#cancel = undefined;
    void this.start();
  }
}
