import { availableParallelism } from 'node:os';
import path from 'node:path';
import TestRunner from 'jest-runner';

/**
 * Runs the scenarios against the system that each suite is named after, which is started for the purpose; or against the one at
 * `MARATHON_URL`. The files of a suite run one after the other, the suites beside each other: they mostly wait.
 */
export default class ScenariosRunner extends TestRunner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 1 }, context);
  }

  async runTests(tests, watcher, options) {
    // It is built by now: `npm test` does that first.
    const { systemFor } = await import('../e2e/dist/system/systems.js');
    const { MARATHON_URL, E2E_HISTORIES } = process.env;
    const run = async ([name, suite]) => {
      const system = systemFor(name, MARATHON_URL);
      await system.start();
      const environment = { MARATHON_URL: system.url, ...(E2E_HISTORIES && { E2E_HISTORIES: path.join(E2E_HISTORIES, name) }) };
      try {
        await inEnvironment(environment, () => super.runTests(suite, watcher, { ...options, serial: false }));
      } finally {
        await system.stop();
      }
    };
    const suites = [...Map.groupBy(tests, ({ context }) => context.config.displayName.name)].sort(byDuration);
    const atATime = Array.from({ length: availableParallelism() }, async () => {
      for (let suite = suites.shift(); suite; suite = suites.shift()) await run(suite);
    });
    const failed = (await Promise.allSettled(atATime)).find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
  }
}

/** Those that take the longest first. */
const byDuration = ([one], [other]) => Number(other.startsWith('cluster')) - Number(one.startsWith('cluster'));

/** What `start` forks before it returns has these variables, too. */
async function inEnvironment(variables, start) {
  const before = Object.keys(variables).map((name) => [name, process.env[name]]);
  Object.assign(process.env, variables);
  const started = start();
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await started;
}
