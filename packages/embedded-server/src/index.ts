export { DataDirectoryInUseError } from './data-directory-in-use.error.js';
export { DirectoryLock } from './directory-lock.js';
export { type EndingStep, endInSteps, gone } from './end-in-steps.js';
export { freePort } from './free-port.js';
export { isServerIn, processStart } from './process-identity.js';
export { lastWords, turnLog } from './server-log.js';
