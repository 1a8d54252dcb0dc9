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

type Callback = (result: { observe(value: number, attributes: object): void }) => void;
const instruments = new Map<string, Callback>();
const instrument = (name: string) => ({ addCallback: (callback: Callback) => void instruments.set(name, callback) });
jest.unstable_mockModule('@opentelemetry/api', () => ({
  metrics: { getMeter: () => ({ createObservableCounter: instrument, createObservableGauge: instrument }) },
}));

const { Telemetry } = await import('./telemetry.js');
const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

it('is not even loaded unless an endpoint is named', async () => {
  const telemetry = new Telemetry('gateway', {});
  await telemetry.start();
  await telemetry.stop();
  expect(isLoaded).toBe(false);
});

it('starts with the name of the service, and stops once', async () => {
  const telemetry = new Telemetry('gateway', environment);
  await telemetry.start();
  await telemetry.stop();
  await telemetry.stop();
  expect(calls).toEqual([{ serviceName: 'gateway' }, 'start', 'shutdown']);
});

it('reads what the process has counted whenever metrics are exported', async () => {
  const drops = { oldAttempt: 1 };
  const name = 'marathon.orchestrator.message.drops';
  const telemetry = new Telemetry('orchestrator', environment, [
    { name, description: 'd', unit: '{message}', kind: 'counter', by: 'marathon.drop.reason', read: () => drops },
  ]);
  await telemetry.start();
  const seen: unknown[] = [];
  const observe = (value: number, attributes: object) => void seen.push([value, attributes]);
  instruments.get(name)?.({ observe });
  drops.oldAttempt = 3;
  instruments.get(name)?.({ observe });
  expect(seen).toEqual([1, 3].map((count) => [count, { 'marathon.drop.reason': 'oldAttempt' }]));
  await telemetry.stop();
});
