import { type RunningStandalone, startStandalone } from '@marathon/standalone';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { MarathonModuleOptions } from './marathon.options.js';

/** The system in this process, but for the activities: those are in the application's container, and so is their worker. */
export class EmbeddedSystem implements OnApplicationShutdown {
  private constructor(private readonly running: RunningStandalone) {}

  static async start({ workflows = [], modules = [], taskQueues, embedded }: MarathonModuleOptions): Promise<EmbeddedSystem | undefined> {
    if (!embedded) return undefined;
    const where = embedded === true ? {} : embedded;
    return new EmbeddedSystem(await startStandalone({ ...where, workflows, modules, ...(taskQueues && { taskQueues }), logger: false }));
  }

  get url(): string {
    return this.running.url;
  }

  get stream(): RunningStandalone['stream'] {
    return this.running.stream;
  }

  async isReady(): Promise<boolean> {
    return (await fetch(`${this.url}/health/ready`)).ok;
  }

  /** After the worker, and after the application has answered its last request. */
  onApplicationShutdown(): Promise<void> {
    return this.running.stop();
  }
}
