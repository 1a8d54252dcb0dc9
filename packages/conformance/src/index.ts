export * from './store/index.js';
export * from './stream/index.js';
