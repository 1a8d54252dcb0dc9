import { describe, expect, it } from '@jest/globals';
import { benchLine } from './bench-line.js';
import { Measurement } from './load/measurement.js';

const usage = {
  server: { cpuS: 3, peakMemoryMb: 100.4 },
  postgres: { cpuS: 1, peakMemoryMb: 100.4 },
  client: { cpuS: 2, peakMemoryMb: 100.4 },
};
const run = { workload: 'w3', mode: 'embedded', concurrency: 4, elapsedMs: 2_000 } as const;

function measurementOf(completed: number): Measurement {
  const measurement = new Measurement();
  for (let n = 0; n < completed; n++) measurement.completedIn(4);
  return measurement;
}

describe('benchLine', () => {
  it('gives rates per second of the window, and CPU of the system by workflow', () => {
    expect(benchLine({ ...run, measurement: measurementOf(1_000), usage })).toEqual({
      workload: 'w3',
      mode: 'embedded',
      concurrency: 4,
      completed: 1_000,
      errors: 0,
      seconds: 2,
      workflows_per_s: 500,
      steps_per_s: 1_500,
      latency_ms: { p50: 4, p95: 4, p99: 4 },
      cpu_s: { server: 3, postgres: 1, client: 2 },
      peak_rss_mb: { server: 100, postgres: 100, client: 100 },
      cpu_ms_per_workflow: 4,
    });
  });

  it('says null where there is nothing to say', () => {
    expect(benchLine({ ...run, measurement: measurementOf(0), usage: undefined })).toMatchObject({
      completed: 0,
      latency_ms: null,
      cpu_s: null,
      peak_rss_mb: null,
      cpu_ms_per_workflow: null,
    });
  });
});
