import TestRunner from 'jest-runner';

/** Those that take minutes, the longest first: they begin before all others, for a file that begins late is waited for alone. */
const longest = ['chaos.kafka-spec.ts', 'crash-points.e2e-spec.ts', 'outages.kafka-spec.ts'];

/** Runs test files that start whole systems when those of all other suites are not running, two at a time: they mostly wait. */
export default class WholeSystemsRunner extends TestRunner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 2 }, context);
  }

  runTests(tests, watcher, options) {
    return super.runTests(
      tests.toSorted((one, other) => placeOf(one) - placeOf(other)),
      watcher,
      options,
    );
  }
}

function placeOf({ path }) {
  const place = longest.findIndex((name) => path.endsWith(`/${name}`));
  return place === -1 ? longest.length : place;
}
