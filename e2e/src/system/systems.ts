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
  // Every event is a replay. What replays does not know what carries its messages: once is enough.
  'embedded-without-cache': () => new EmbeddedSystem({ residentRuns: 0 }),
  cluster: () => new TestCluster(),
};

/** A fresh system for a suite; or the one at `url`, which has the workflows and activities of the fixtures and is left as it is. */
export function systemFor(suite: string, url: string | undefined): SystemUnderTest {
  if (url) return { url: url.replace(/\/$/, ''), start: async () => {}, stop: async () => {} };
  const create = systems[suite];
  if (!create) throw new RangeError(`no system is called ${suite}`);
  return create();
}
