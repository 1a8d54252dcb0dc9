export * from './activity-worker-app.module.js';
export { OrderActivities } from './order/order.activities.js';
export * from './order/order.js';
export { Pricing } from './order/pricing.js';
export { activityWorkerVariables, type RunActivityWorkerOptions, runActivityWorker } from './run-activity-worker.js';
