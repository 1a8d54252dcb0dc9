import TestRunner from 'jest-runner';

/** Takes more than five minutes, whatever else runs: it begins before all others. */
const longest = /\/chaos\.kafka-spec\.ts$/;

/** Runs test files that start whole systems when those of all other suites are not running, two at a time: they mostly wait. */
export default class WholeSystemsRunner extends TestRunner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 2 }, context);
  }

  runTests(tests, watcher, options) {
    const longestFirst = tests.toSorted((one, other) => Number(longest.test(other.path)) - Number(longest.test(one.path)));
    return super.runTests(longestFirst, watcher, options);
  }
}
