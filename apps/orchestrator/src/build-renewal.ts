import type { Clock, Log, Service } from '@marathon/core';

const intervalMs = 60_000;

/**
 * Says once a minute that this build is still there. When an orchestrator of an older build comes back during a deployment, its workflows and
 * contracts are in force again; once it has gone, the build that is left takes over here.
 */
export class BuildRenewal implements Service {
  #cancel: (() => void) | undefined;
  #renewing: Promise<void> | undefined;

  constructor(
    private readonly renew: () => Promise<void>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    this.#cancel ??= this.clock.at(this.clock.now() + intervalMs, () => {
      this.#renewing = this.renew()
        .catch((error: unknown) => this.log.warn('could not renew the announcement of the workflows; trying again in a minute', { error }))
        .finally(() => {
          if (!this.#cancel) return;
          this.#cancel = undefined;
          void this.start();
        });
    });
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#renewing;
  }
}
