import { describe, expect, it } from '@jest/globals';
import { Measurement } from './measurement.js';

describe('Measurement', () => {
  it('gives the percentiles of what was completed', () => {
    const measurement = new Measurement();
    for (let ms = 1; ms <= 100; ms++) measurement.completedIn(ms);
    const latency = measurement.latencyMs;
    expect(latency?.p50).toBeCloseTo(50, 0);
    expect(latency?.p95).toBeCloseTo(95, 0);
    expect(latency?.p99).toBeCloseTo(99, 0);
  });

  it('keeps errors out of them', () => {
    const measurement = new Measurement();
    measurement.completedIn(2.5);
    measurement.failed();
    expect(measurement).toMatchObject({ completed: 1, errors: 1, latencyMs: { p50: 2.5, p99: 2.5 } });
  });

  it('has none when nothing was completed', () => {
    const measurement = new Measurement();
    measurement.failed();
    expect(measurement.latencyMs).toBeNull();
  });
});
