export { ManualClock } from './manual-clock.js';
export type { DisorderOptions } from './stream/disorder.js';
export { InProcessStream, type InProcessStreamOptions } from './stream/in-process-stream.js';
