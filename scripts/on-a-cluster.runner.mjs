import OneAtATimeRunner from './one-at-a-time.runner.mjs';

/** What is special about the cluster of each suite, by the suite's name. */
const clusters = {
  cluster: {},
  // Every event is a replay.
  'cluster-without-cache': { orchestrator: { MARATHON_RESIDENT_RUNS: '0' } },
};

/** Runs the test files of a suite against one cluster, which is started for the purpose. */
export default class OnAClusterRunner extends OneAtATimeRunner {
  async runTests(tests, watcher, options) {
    // It is built by now: `npm test` does that first.
    const { TestCluster } = await import('../e2e/dist/cluster/test-cluster.js');
    for (const [name, suite] of Map.groupBy(tests, ({ context }) => context.config.displayName.name)) {
      const system = new TestCluster(clusters[name]);
      await system.start();
      process.env.MARATHON_URL = system.url; // what scenarios run against
      try {
        await super.runTests(suite, watcher, options);
      } finally {
        delete process.env.MARATHON_URL;
        await system.stop();
      }
    }
  }
}
