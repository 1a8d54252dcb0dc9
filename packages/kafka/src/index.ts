export * from './kafka-stream.options.js';
