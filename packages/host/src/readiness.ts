import type { Clock } from '@marathon/core';
import { withTimeLimit } from './time-limit.js';

/** True while the part can do its work. May throw or reject: then it cannot, for that reason. */
export type Probe = () => boolean | Promise<boolean>;

export interface ReadinessReport {
  readonly isReady: boolean;
  readonly probes: Readonly<Record<string, ProbeReport>>;
}

export interface ProbeReport {
  readonly isUp: boolean;
  readonly reason?: string;
}

const probeTimeoutMs = 1_000;
const lookEveryMs = 50;

/** Whether this process can do its work now: every probe says so. A probe that does not answer within a second says no. */
export class Readiness {
  readonly #clock: Clock;
  readonly #probes = new Map<string, Probe>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A name stands for one probe: the later one replaces the earlier. */
  add(name: string, probe: Probe): void {
    this.#probes.set(name, probe);
  }

  async read(): Promise<ReadinessReport> {
    const reports = await Promise.all([...this.#probes].map(async ([name, probe]) => [name, await this.#ask(probe)] as const));
    return { isReady: reports.every(([, { isUp }]) => isUp), probes: Object.fromEntries(reports) };
  }

  /** Resolves when everything is ready; with `false` when it is not wanted any more. */
  async untilReady(isWanted: () => boolean): Promise<boolean> {
    while (isWanted()) {
      if ((await this.read()).isReady) return true;
      await new Promise<void>((resolve) => this.#clock.at(this.#clock.now() + lookEveryMs, resolve));
    }
    return false;
  }

  async #ask(probe: Probe): Promise<ProbeReport> {
    try {
      const isUp = await withTimeLimit(this.#clock, probeTimeoutMs, Promise.resolve(probe()));
      return isUp === undefined ? { isUp: false, reason: `no answer within ${probeTimeoutMs} ms` } : { isUp };
    } catch (error) {
      return { isUp: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
