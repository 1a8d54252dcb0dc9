export { type BusinessFailure, failure } from '@marathon/core';
export * from './activity.decorator.js';
export * from './activity.errors.js';
export * from './activity-context.js';
export { ActivityRegistry } from './activity-registry.js';
export * from './activity-worker.module.js';
export * from './activity-worker.options.js';
export { ActivityWorker, type ActivityWorkerStatus } from './worker/activity-worker.js';
