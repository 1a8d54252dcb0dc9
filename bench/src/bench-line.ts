import type { Measured } from './load/measure.js';
import type { LatencyMs } from './load/measurement.js';
import type { Role } from './processes/process-usage.js';
import type { RoleUsage, UsageWindow } from './processes/usage-window.js';
import { type WorkloadName, workloads } from './workloads.js';

/** What a run prints. The names are those of the harness that measures other systems, so that lines can stand side by side. */
export interface BenchLine {
  readonly workload: WorkloadName;
  readonly mode: string;
  readonly concurrency: number;
  readonly completed: number;
  readonly errors: number;
  readonly seconds: number;
  readonly workflows_per_s: number;
  readonly steps_per_s: number;
  /** From the request that starts a workflow to its result. */
  readonly latency_ms: LatencyMs | null;
  /** Of the window. `null` where the system does not tell what processes use. */
  readonly cpu_s: Record<Role, number> | null;
  readonly peak_rss_mb: Record<Role, number> | null;
  /** Of server and PostgreSQL together. */
  readonly cpu_ms_per_workflow: number | null;
}

export interface BenchLineParts extends Measured {
  readonly workload: WorkloadName;
  readonly mode: string;
  readonly concurrency: number;
  readonly usage: Pick<UsageWindow, 'of'> | undefined;
}

export function benchLine({ workload, mode, concurrency, measurement, elapsedMs, usage }: BenchLineParts): BenchLine {
  const { completed, errors, latencyMs } = measurement;
  const seconds = elapsedMs / 1_000;
  const systemCpuS = usage && usage.of('server').cpuS + usage.of('postgres').cpuS;
  return {
    workload,
    mode,
    concurrency,
    completed,
    errors,
    seconds: round(seconds, 2),
    workflows_per_s: round(completed / seconds, 1),
    steps_per_s: round((completed * workloads[workload].steps) / seconds, 1),
    latency_ms: latencyMs,
    cpu_s: usage ? byRole(usage, ({ cpuS }) => round(cpuS, 2)) : null,
    peak_rss_mb: usage ? byRole(usage, ({ peakMemoryMb }) => round(peakMemoryMb, 0)) : null,
    cpu_ms_per_workflow: systemCpuS === undefined || completed === 0 ? null : round((systemCpuS * 1_000) / completed, 2),
  };
}

const byRole = (usage: Pick<UsageWindow, 'of'>, value: (usage: RoleUsage) => number): Record<Role, number> => ({
  server: value(usage.of('server')),
  postgres: value(usage.of('postgres')),
  client: value(usage.of('client')),
});

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
