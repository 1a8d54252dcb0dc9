import type { RunId } from '../ids.js';

/** Is told when a run's code begins and ends a turn, on the hot path: an implementation must cost less than 100 ns a call. */
export interface TurnMonitor {
  turnBegan(runId: RunId): void;
  turnEnded(): void;
}
