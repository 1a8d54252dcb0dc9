import { describe } from '@jest/globals';
import { describeAssignment } from './stream.assignment.suite.js';
import { describeDelivery } from './stream.delivery.suite.js';
import { describePausing } from './stream.pausing.suite.js';
import { describePublishing } from './stream.publishing.suite.js';
import { describeRedelivery } from './stream.redelivery.suite.js';
import { describeServices } from './stream.services.suite.js';
import { describeTails } from './stream.tails.suite.js';
import type { StreamSetup } from './world.js';

/** The promises of `Stream`; the tests name S1–S5 as `stream.port.ts` numbers them. */
export function describeStream(name: string, setup: StreamSetup): void {
  describe(`Stream: ${name}`, () => {
    describe('publishing', () => describePublishing(setup));
    describe('delivery', () => describeDelivery(setup));
    describe('assignment', () => describeAssignment(setup));
    describe('redelivery', () => describeRedelivery(setup));
    describe('pausing', () => describePausing(setup));
    describe('tails', () => describeTails(setup));
    describe('services', () => describeServices(setup));
  });
}
