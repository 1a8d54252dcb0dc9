export { type SimulatedActivity, Simulation, type SimulationOptions } from './simulation/simulation.js';
