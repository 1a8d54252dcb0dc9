import path from 'node:path';
import { startCluster } from '@marathon/cluster';
import type { Service } from '@marathon/core';
import { createLog } from '@marathon/host';
import { startStandalone } from '@marathon/standalone';
import type { ServingMessage } from './processes/server-process.js';
import { BenchActivities } from './workflows/bench.activities.js';
import { benchWorkflows } from './workflows/bench.workflows.js';

export const modes = ['embedded', 'cluster'] as const;
export type Mode = (typeof modes)[number];

export interface ServeOptions {
  readonly mode: Mode;
  readonly port: number;
  readonly data: string;
}

type System = Pick<Service, 'stop'> & { readonly url: string };

/** Keeps the system listening, with the workflows of the bench, until `signal`; resolves when all of it has ended. */
export async function serve(options: ServeOptions, signal: AbortSignal): Promise<void> {
  const system = await (options.mode === 'cluster' ? serveAsCluster(options) : serveAsOne(options));
  process.send?.({ url: system.url } satisfies ServingMessage);
  console.error(`bench: ${benchWorkflows.length} workflows at ${system.url}`);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await system.stop();
}

function serveAsOne({ port, data }: ServeOptions): Promise<System> {
  return startStandalone({ port, dataDirectory: data, workflows: benchWorkflows, activities: [BenchActivities] });
}

/** One process of each role. */
function serveAsCluster({ port, data }: ServeOptions): Promise<System> {
  const entry = (role: string) => path.join(import.meta.dirname, `cluster/${role}.main.js`);
  return startCluster({
    port,
    dataDirectory: data,
    processes: { 'api-gateway': 1, orchestrator: 1, 'activity-worker': 1 },
    entries: { orchestrator: entry('orchestrator'), 'activity-worker': entry('activity-worker') },
    print: (line) => console.error(line),
    log: createLog('Cluster'),
  });
}
