export type { BenchLine } from './bench-line.js';
