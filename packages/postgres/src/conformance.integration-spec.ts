import {
  describeApprovals,
  describeDefinitionRegistry,
  describeLimits,
  describeOutbox,
  describePayloadStore,
  describeRunIntake,
  describeRunReader,
  describeRunSearch,
  describeRunStore,
  describeSecrets,
} from '@marathon/conformance';
import { useTestServer } from '../test/test-server.js';

const server = useTestServer();
const setup = () => server().createWorld();

describeRunStore('PostgreSQL', setup);
describeRunIntake('PostgreSQL', setup);
describeOutbox('PostgreSQL', setup);
describeRunReader('PostgreSQL', setup);
describeRunSearch('PostgreSQL', setup);
describeDefinitionRegistry('PostgreSQL', setup);
describeSecrets('PostgreSQL', setup);
describeApprovals('PostgreSQL', setup);
describePayloadStore('PostgreSQL', setup);
describeLimits('PostgreSQL', setup);
