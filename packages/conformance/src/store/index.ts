export { type Contention, contend } from './contention.js';
export { describeDefinitionRegistry } from './definition-registry.suite.js';
export { openFixture, runStart } from './fixture.js';
export { describeOutbox } from './outbox.suite.js';
export { describeRunIntake } from './run-intake.suite.js';
export { describeRunReader } from './run-reader.suite.js';
export { describeRunSearch } from './run-search.suite.js';
export { describeRunStore } from './run-store.suite.js';
export type { StoreSetup, StoreWorld } from './world.js';
