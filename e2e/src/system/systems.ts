import { TestCluster } from '../cluster/test-cluster.js';
import { EmbeddedSystem } from './embedded-system.js';

/** What the scenarios are run against. They know its address and nothing else of it. */
export interface SystemUnderTest {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What each suite of scenarios is named after. */
const systems: Readonly<Record<string, () => SystemUnderTest>> = {
  memory: () => new EmbeddedSystem({ memory: true }),
  embedded: () => new EmbeddedSystem(),
  cluster: () => new TestCluster(),
  // Every event is a replay.
  'cluster-without-cache': () => new TestCluster({ orchestrator: { MARATHON_RESIDENT_RUNS: '0' } }),
};

/** A fresh system for a suite; or the one at `url`, which has the workflows and activities of the fixtures and is left as it is. */
export function systemFor(suite: string, url: string | undefined): SystemUnderTest {
  if (url) return { url: url.replace(/\/$/, ''), start: async () => {}, stop: async () => {} };
  const create = systems[suite];
  if (!create) throw new RangeError(`no system is called ${suite}`);
  return create();
}
