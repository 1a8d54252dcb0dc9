import TestRunner from 'jest-runner';

/** Runs test files one after the other in one worker, when those of all other suites are not running: each has whole systems to itself. */
export default class OneAtATimeRunner extends TestRunner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 1 }, context);
  }
}
