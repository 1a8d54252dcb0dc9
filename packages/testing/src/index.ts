export type { ActivityCall, ActivityMock, ActivityMocks, AnyActivities, MockContext } from './environment/activity-mocks.js';
export type { RunDescription } from './environment/described-run.js';
export * from './environment/errors.js';
export * from './environment/test-environment.js';
export { TestHandle } from './environment/test-handle.js';
export * from './replay/replay-history.js';
export type { Faults } from './simulation/chance.js';
export { type SimulatedActivity, type SimulatedWork, unanswered } from './simulation/simulated-workers.js';
export { Simulation, type SimulationOptions } from './simulation/simulation.js';
