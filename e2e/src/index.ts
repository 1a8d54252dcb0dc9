export { type HistoryEntry, historyViolations, outcomeMismatches, type RunOutcome } from './history-checks.js';
