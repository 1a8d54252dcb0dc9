export { type ProbeReport, Readiness, type ReadinessReport } from '@marathon/host';
export { MarathonModule } from './marathon.module.js';
export type { EmbeddedOptions, MarathonModuleOptions } from './marathon.options.js';
