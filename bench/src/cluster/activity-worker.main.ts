// An activity worker with the activities of the bench.
import { runActivityWorker } from '@marathon/activity-worker';
import { BenchActivities } from '../workflows/bench.activities.js';

await runActivityWorker({ activities: [BenchActivities] });
