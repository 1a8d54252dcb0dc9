export type { CommitFault, CommittingCall } from './event-log/faults.js';
export { InMemoryEventLog, type InMemoryEventLogOptions } from './event-log/in-memory-event-log.js';
export { ManualClock } from './manual-clock.js';
export { Random } from './random.js';
export type { DisorderOptions } from './stream/disorder.js';
export { InProcessStream, type InProcessStreamOptions } from './stream/in-process-stream.js';
