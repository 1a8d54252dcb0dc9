import { describe } from '@jest/globals';
import { describeCommits } from './run-store.commit.suite.js';
import { describeFencing } from './run-store.fencing.suite.js';
import { describeLoading } from './run-store.loading.suite.js';
import { describeMaps } from './run-store.maps.suite.js';
import { describeTakenRequests } from './run-store.requests.suite.js';
import { describeSuccessors } from './run-store.successors.suite.js';
import { describeUpdates } from './run-store.updates.suite.js';
import { describeWakeUps } from './run-store.wake-ups.suite.js';
import type { StoreSetup } from './world.js';

/** The promises of `RunStore`; the tests name L1–L6 as `run-store.port.ts` numbers them. */
export function describeRunStore(name: string, setup: StoreSetup): void {
  describe(`RunStore: ${name}`, () => {
    describe('commits', () => describeCommits(setup));
    describe('fencing', () => describeFencing(setup));
    describe('requests that runs take', () => describeTakenRequests(setup));
    describe('successors', () => describeSuccessors(setup));
    describe('maps', () => describeMaps(setup));
    describe('updates that owners accept', () => describeUpdates(setup));
    describe('wake-ups', () => describeWakeUps(setup));
    describe('loading', () => describeLoading(setup));
  });
}
