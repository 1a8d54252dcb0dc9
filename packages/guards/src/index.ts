export * from './install-guards.js';
export { callNamed, namesOf, type RefusedCalls, refusedCalls } from './refused-calls.js';
export * from './watchdog/unresponsive-run.js';
export * from './watchdog/watchdog.js';
