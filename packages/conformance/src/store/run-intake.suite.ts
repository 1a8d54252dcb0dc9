import { describe } from '@jest/globals';
import { describeIntakeRaces } from './run-intake.races.suite.js';
import { describeRequests } from './run-intake.requests.suite.js';
import { describeStarts } from './run-intake.starts.suite.js';
import type { StoreSetup } from './world.js';

export function describeRunIntake(name: string, setup: StoreSetup): void {
  describe(`RunIntake: ${name}`, () => {
    describe('starts', () => describeStarts(setup));
    describe('requests', () => describeRequests(setup));
    describe('races', () => describeIntakeRaces(setup));
  });
}
