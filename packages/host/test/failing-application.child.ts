// An application that cannot start.
import { EnvironmentError } from '../src/environment.js';
import { runApplication } from '../src/run-application.js';

await runApplication(async () => {
  throw new EnvironmentError(['MARATHON_PORT is missing']);
});
