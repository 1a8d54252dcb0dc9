export type { Faults } from './simulation/chance.js';
export { type SimulatedActivity, unanswered } from './simulation/simulated-workers.js';
export { Simulation, type SimulationOptions } from './simulation/simulation.js';
