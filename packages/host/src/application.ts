import type { INestApplicationContext } from '@nestjs/common';
import { Readiness } from './readiness.js';
import { ServiceGroup } from './service-group.js';

/** What a process runs. */
export interface Application {
  /** Where its HTTP is: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Resolves when it is ready for the first time, or was stopped before. @throws what its services throw */
  readonly ready: Promise<void>;
  /** Lets what is under way end, within bounds. */
  stop(): Promise<void>;
  /** What it may take at most; then the process ends all the same. Default 30,000. */
  readonly stopTimeoutMs?: number;
}

/** Starts the services of an application, and waits until all its probes say that it can do its work. */
export async function startServices(app: INestApplicationContext): Promise<void> {
  const services = app.get(ServiceGroup);
  await services.start();
  await app.get(Readiness).untilReady(() => services.isRunning);
}
