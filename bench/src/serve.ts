import { startStandalone } from '@marathon/standalone';
import type { ServingMessage } from './processes/server-process.js';
import { BenchActivities } from './workflows/bench.activities.js';
import { benchWorkflows } from './workflows/bench.workflows.js';

export interface ServeOptions {
  readonly port: number;
  readonly data: string;
}

/** Keeps the system listening, with the workflows of the bench, until `signal`; resolves when all of it has ended. */
export async function serve({ port, data }: ServeOptions, signal: AbortSignal): Promise<void> {
  const system = await startStandalone({ port, dataDirectory: data, workflows: benchWorkflows, activities: [BenchActivities] });
  process.send?.({ url: system.url } satisfies ServingMessage);
  console.error(`bench: ${benchWorkflows.length} workflows at ${system.url}`);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await system.stop();
}
