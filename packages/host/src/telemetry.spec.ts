import { expect, it, jest } from '@jest/globals';

const calls: unknown[] = [];
let isLoaded = false;

jest.unstable_mockModule('@opentelemetry/sdk-node', () => {
  isLoaded = true;
  return {
    NodeSDK: class {
      constructor(options: unknown) {
        calls.push(options);
      }
      start(): void {
        calls.push('start');
      }
      async shutdown(): Promise<void> {
        calls.push('shutdown');
      }
    },
  };
});

const { Telemetry } = await import('./telemetry.js');

it('is not even loaded unless an endpoint is named', async () => {
  const telemetry = new Telemetry('gateway', {});
  await telemetry.start();
  await telemetry.stop();
  expect(isLoaded).toBe(false);
});

it('starts with the name of the service, and stops once', async () => {
  const telemetry = new Telemetry('gateway', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' });
  await telemetry.start();
  await telemetry.stop();
  await telemetry.stop();
  expect(calls).toEqual([{ serviceName: 'gateway' }, 'start', 'shutdown']);
});
