// A second team's worker: its own activities, on a queue of its own. Workflows call them with `{ taskQueue: 'gifts' }`.
import { runActivityWorker } from '@marathon/activity-worker';
import { GiftActivities } from './gift.activities.js';

await runActivityWorker({ activities: [GiftActivities], taskQueues: ['gifts'] });
