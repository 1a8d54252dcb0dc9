export * from './install-guards.js';
export * from './watchdog/unresponsive-run.js';
export * from './watchdog/watchdog.js';
