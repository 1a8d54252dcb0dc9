// An activity worker with the activities of the example. One of a team's own has its own activities, and no other line.
import { OrderActivitiesModule } from './order/order-activities.module.js';
import { runActivityWorker } from './run-activity-worker.js';

await runActivityWorker({ modules: [OrderActivitiesModule] });
