import type { Clock, Service } from '@marathon/core';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { requireNode } from './node-version.js';
import { withTimeLimit } from './time-limit.js';

export interface NamedService {
  readonly name: string;
  readonly service: Service;
  /** How long its stop is waited for. Default 20,000. */
  readonly stopTimeoutMs?: number;
}

const stopTimeoutMsDefault = 20_000;

/**
 * The services of a process: started one after the other, stopped in reverse when Nest shuts down.
 *   G1  A service is stopped when it was started, or began to; a stop that fails or takes too long is logged and passed over.
 *   G2  When one does not start, those before it are stopped, and `start` rejects with its error.
 */
export class ServiceGroup implements Service, OnApplicationShutdown {
  readonly #clock: Clock;
  readonly #services: readonly NamedService[];
  readonly #started: NamedService[] = [];
  readonly #log = new Logger('Services');
  #isStarted = false;
  #stopped: Promise<void> | undefined;

  constructor(clock: Clock, services: readonly NamedService[]) {
    this.#clock = clock;
    this.#services = services;
  }

  /** True between the end of the start and the beginning of the stop: a probe of readiness. */
  get isRunning(): boolean {
    return this.#isStarted && !this.#stopped;
  }

  /** @throws NodeTooOldError, and what a service throws */
  async start(): Promise<void> {
    try {
      requireNode();
      for (const named of this.#services) {
        if (this.#stopped) return;
        this.#started.push(named);
        await named.service.start();
      }
      this.#isStarted = true;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  onApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  async #stopAll(): Promise<void> {
    for (let named = this.#started.pop(); named; named = this.#started.pop()) await this.#stopOne(named);
  }

  async #stopOne({ name, service, stopTimeoutMs = stopTimeoutMsDefault }: NamedService): Promise<void> {
    const beganMs = this.#clock.now();
    try {
      const inTime = await withTimeLimit(
        this.#clock,
        stopTimeoutMs,
        service.stop().then(() => true),
      );
      const elapsedMs = this.#clock.now() - beganMs;
      if (inTime) this.#log.log(`stopped: ${name}`, { elapsedMs });
      else this.#log.error(`did not stop in time, and is left behind: ${name}`, { elapsedMs });
    } catch (error) {
      this.#log.error(`failed to stop: ${name}`, error);
    }
  }
}
