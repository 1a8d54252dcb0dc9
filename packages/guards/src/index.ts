export * from './install-guards.js';
