// An activity worker with the activities of the scenarios and of the crash suite.
import { runActivityWorker } from '@marathon/activity-worker';
import { Bomb } from '../crash/bomb.js';
import { crashActivities } from '../crash/crash.activities.js';
import { fixtureActivities } from '../fixtures/activities/index.js';
import { CountedActivities } from './counted.activities.js';
import { WitnessedActivities } from './witnessed.activities.js';

await runActivityWorker({ activities: [...fixtureActivities, crashActivities(new Bomb()), CountedActivities, WitnessedActivities] });
