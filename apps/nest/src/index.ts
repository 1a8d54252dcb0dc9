export { MarathonModule } from './marathon.module.js';
export type { EmbeddedOptions, MarathonModuleOptions } from './marathon.options.js';
