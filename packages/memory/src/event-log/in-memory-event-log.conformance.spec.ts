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
  type StoreWorld,
} from '@marathon/conformance';
import { InMemoryEventLog } from './in-memory-event-log.js';

async function setup(): Promise<StoreWorld> {
  const { runStore, intake, outbox, reader, definitions, secrets, payloads, limits } = new InMemoryEventLog();
  return {
    openRunStore: () => runStore,
    openRunIntake: () => intake,
    outbox,
    reader,
    definitions,
    secrets,
    payloads,
    limits,
    close: async () => {},
  };
}

describeRunStore('in memory', setup);
describeRunIntake('in memory', setup);
describeOutbox('in memory', setup);
describeRunReader('in memory', setup);
describeRunSearch('in memory', setup);
describeDefinitionRegistry('in memory', setup);
describeSecrets('in memory', setup);
describeApprovals('in memory', setup);
describePayloadStore('in memory', setup);
describeLimits('in memory', setup);
