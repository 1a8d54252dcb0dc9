export { compareSystems } from './compare-systems.js';
export { readRecordings } from './recorded-scenarios.js';
