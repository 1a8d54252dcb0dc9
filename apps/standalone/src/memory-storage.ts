import { InMemoryEventLog } from '@marathon/memory';
import type { Storage } from '@marathon/postgres';

/** The event log in this process, which ends with it. What a lane commits is there when the call returns: one store serves all. */
export function memoryStorage(): Storage {
  const { runStore, outbox, intake, reader, definitions, secrets, payloads, limits } = new InMemoryEventLog();
  return {
    laneStores: [runStore],
    store: runStore,
    outbox,
    runIntake: intake,
    runReader: reader,
    definitionRegistry: definitions,
    secrets,
    payloads,
    limits,
    isUsable: () => true,
    start: async () => {},
    stop: async () => {},
  };
}
