import type { Service } from '@marathon/core';

/**
 * Traces and metrics by OpenTelemetry's own environment variables (`OTEL_…`). Off, and not even loaded, unless
 * `OTEL_EXPORTER_OTLP_ENDPOINT` is set.
 */
export class Telemetry implements Service {
  readonly #serviceName: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #shutdown: (() => Promise<void>) | undefined;

  constructor(serviceName: string, environment: Readonly<Record<string, string | undefined>>) {
    this.#serviceName = serviceName;
    this.#environment = environment;
  }

  async start(): Promise<void> {
    if (!this.#environment.OTEL_EXPORTER_OTLP_ENDPOINT || this.#shutdown) return;
    const { NodeSDK } = await import('@opentelemetry/sdk-node');
    const sdk = new NodeSDK({ serviceName: this.#environment.OTEL_SERVICE_NAME || this.#serviceName });
    sdk.start();
    this.#shutdown = () => sdk.shutdown();
  }

  async stop(): Promise<void> {
    const shutdown = this.#shutdown;
    this.#shutdown = undefined;
    await shutdown?.();
  }
}
