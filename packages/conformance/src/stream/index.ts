export * from './stream.suite.js';
export * from './world.js';
