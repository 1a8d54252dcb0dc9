export { runExample } from './example-run.js';
export { memoryStorage } from './memory-storage.js';
export { type ComposeOptions, compose, type Standalone } from './standalone.js';
export { type Adapters, type RunningStandalone, type StandaloneOptions, startStandalone } from './start-standalone.js';
