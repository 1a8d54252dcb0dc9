export { type Adapters, type RunningStandalone, type StandaloneOptions, startStandalone } from './start-standalone.js';
export type { Storage } from './storage.js';
