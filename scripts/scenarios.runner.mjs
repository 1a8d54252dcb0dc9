import OneAtATimeRunner from './one-at-a-time.runner.mjs';

/** Runs the scenarios against the system that each suite is named after, which is started for the purpose; or against the one at `MARATHON_URL`. */
export default class ScenariosRunner extends OneAtATimeRunner {
  async runTests(tests, watcher, options) {
    // It is built by now: `npm test` does that first.
    const { systemFor } = await import('../e2e/dist/system/systems.js');
    const given = process.env.MARATHON_URL;
    for (const [name, suite] of Map.groupBy(tests, ({ context }) => context.config.displayName.name)) {
      const system = systemFor(name, given);
      await system.start();
      process.env.MARATHON_URL = system.url;
      try {
        await super.runTests(suite, watcher, options);
      } finally {
        if (given === undefined) delete process.env.MARATHON_URL;
        await system.stop();
      }
    }
  }
}
