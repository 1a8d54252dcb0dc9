import { type BenchLine, benchLine } from './bench-line.js';
import { BenchApi } from './load/bench-api.js';
import { ClosedLoop } from './load/closed-loop.js';
import { measure } from './load/measure.js';
import { canReadUsage } from './processes/process-usage.js';
import { ServerProcess } from './processes/server-process.js';
import { makeTemporaryDirectory, removeDirectory } from './processes/temporary-directory.js';
import { UsageWindow } from './processes/usage-window.js';
import type { Mode } from './serve.js';
import type { WorkloadName } from './workloads.js';

export interface RunOptions {
  readonly mode: Mode;
  readonly workload: WorkloadName;
  readonly concurrency: number;
  readonly seconds: number;
  readonly warmup: number;
  /** In which the run's own data directory is made, and removed again. */
  readonly data?: string;
  readonly cpuProf?: string;
}

/** Starts a system on fresh data, loads it, measures, and ends all it started, also when `signal` is aborted meanwhile. */
export async function run(options: RunOptions, signal: AbortSignal): Promise<BenchLine> {
  const dataDirectory = await makeTemporaryDirectory(options.data);
  try {
    const server = await ServerProcess.start({ mode: options.mode, dataDirectory, cpuProfileDirectory: options.cpuProf }, signal);
    try {
      return await Promise.race([load(server, options, signal), server.ended]);
    } finally {
      await server.stop();
    }
  } finally {
    await removeDirectory(dataDirectory);
  }
}

async function load(server: ServerProcess, options: RunOptions, signal: AbortSignal): Promise<BenchLine> {
  const { mode, workload, concurrency } = options;
  const api = new BenchApi(server.url, concurrency);
  const loop = new ClosedLoop((n) => api.once(workload, n), concurrency);
  const usage = canReadUsage ? new UsageWindow(server.pid) : undefined;
  try {
    loop.start();
    const window = {
      concurrency,
      warmupMs: options.warmup * 1_000,
      windowMs: options.seconds * 1_000,
      onOpen: () => usage?.open(),
      onClose: () => usage?.close(),
    };
    const measured = await measure(loop, window, signal);
    if (loop.firstError !== undefined) console.error('bench: the first error was', loop.firstError);
    return benchLine({ workload, mode, concurrency, usage: usage?.byRole(), ...measured });
  } finally {
    // What is in flight is not waited for: the system ends with its data.
    void loop.stop();
    await api.close();
  }
}
