import { type Clock, type Log, Periodic } from '@marathon/core';

const intervalMs = 60_000;

/**
 * Says once a minute that this build is still there. When an orchestrator of an older build comes back during a deployment, its workflows and
 * contracts are in force again; once it has gone, the build that is left takes over here.
 */
export class BuildRenewal extends Periodic {
  constructor(renew: () => Promise<void>, clock: Clock, log: Log) {
    const failure = 'could not renew the announcement of the workflows; trying again in a minute';
    super({ failure, restMs: () => intervalMs, perform: renew }, clock, log);
  }
}
