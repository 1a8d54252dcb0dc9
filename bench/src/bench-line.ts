import type { Measured } from './load/measure.js';
import type { LatencyMs } from './load/measurement.js';
import type { Role } from './processes/process-usage.js';
import type { RoleUsage } from './processes/usage-window.js';
import type { Mode } from './serve.js';
import { type WorkloadName, workloads } from './workloads.js';

/** What a run prints. The names are those of the harness that measures other systems, so that lines can stand side by side. */
export interface BenchLine {
  readonly workload: WorkloadName;
  readonly mode: Mode;
  readonly concurrency: number;
  readonly completed: number;
  readonly errors: number;
  readonly seconds: number;
  readonly workflows_per_s: number;
  readonly steps_per_s: number;
  /** From the request that starts a workflow to its result. */
  readonly latency_ms: LatencyMs | null;
  /** Of the window. `null` where the system does not tell what processes use. */
  readonly cpu_s: NumberByRole | null;
  readonly peak_rss_mb: NumberByRole | null;
  /** Of all roles but the client. */
  readonly cpu_ms_per_workflow: number | null;
}

type UsageByRole = Readonly<Partial<Record<Role, RoleUsage>>>;
type NumberByRole = Readonly<Partial<Record<Role, number>>>;

export interface BenchLineParts extends Measured {
  readonly workload: WorkloadName;
  readonly mode: Mode;
  readonly concurrency: number;
  readonly usage: UsageByRole | undefined;
}

export function benchLine({ workload, mode, concurrency, measurement, elapsedMs, usage }: BenchLineParts): BenchLine {
  const { completed, errors, latencyMs } = measurement;
  const seconds = elapsedMs / 1_000;
  const system = usage && Object.entries(usage).filter(([role]) => role !== 'client');
  const systemCpuS = system?.reduce((sum, [, { cpuS }]) => sum + cpuS, 0);
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

const byRole = (usage: UsageByRole, value: (usage: RoleUsage) => number): NumberByRole =>
  Object.fromEntries(Object.entries(usage).map(([role, each]) => [role, value(each)]));

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
