export { type ComposeOptions, compose, type Standalone } from './standalone.js';
export type { Storage } from './storage.js';
