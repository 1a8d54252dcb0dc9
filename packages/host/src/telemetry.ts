import type { Service } from '@marathon/core';

/** Something that a process counts by itself, and that is read when metrics are exported. */
export interface Measure {
  /** As in `marathon.orchestrator.message.drops`. */
  readonly name: string;
  readonly description: string;
  /** In braces what is counted: `{message}`. */
  readonly unit: string;
  /** `counter`: it only grows; `gauge`: it is so many now. */
  readonly kind: 'counter' | 'gauge';
  /** By the value of the attribute `by`; under one name alone when there is no attribute. */
  readonly by?: string;
  read(): Readonly<Record<string, number>>;
}

/**
 * Traces and metrics by OpenTelemetry's own environment variables (`OTEL_…`). Off, and not even loaded, unless
 * `OTEL_EXPORTER_OTLP_ENDPOINT` is set.
 */
export class Telemetry implements Service {
  readonly #serviceName: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #measures: readonly Measure[];
  #shutdown: (() => Promise<void>) | undefined;

  constructor(serviceName: string, environment: Readonly<Record<string, string | undefined>>, measures: readonly Measure[] = []) {
    this.#serviceName = serviceName;
    this.#environment = environment;
    this.#measures = measures;
  }

  async start(): Promise<void> {
    if (!this.#environment.OTEL_EXPORTER_OTLP_ENDPOINT || this.#shutdown) return;
    const [{ NodeSDK }, { metrics }] = await Promise.all([import('@opentelemetry/sdk-node'), import('@opentelemetry/api')]);
    const sdk = new NodeSDK({ serviceName: this.#environment.OTEL_SERVICE_NAME || this.#serviceName });
    sdk.start();
    this.#shutdown = () => sdk.shutdown();
    const meter = metrics.getMeter('marathon');
    for (const { name, description, unit, kind, by, read } of this.#measures) {
      const options = { description, unit };
      const instrument = kind === 'counter' ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options);
      instrument.addCallback((result) => {
        for (const [value, count] of Object.entries(read())) result.observe(count, by === undefined ? {} : { [by]: value });
      });
    }
  }

  async stop(): Promise<void> {
    const shutdown = this.#shutdown;
    this.#shutdown = undefined;
    await shutdown?.();
  }
}
