export type { BenchLine } from './bench-line.js';
export { cpuSeconds, memoryMbOf } from './processes/process-usage.js';
