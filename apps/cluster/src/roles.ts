import path from 'node:path';
import { pathToFileURL } from 'node:url';

export const roles = ['api-gateway', 'orchestrator', 'activity-worker'] as const;
export type Role = (typeof roles)[number];

// By their places and not by their names, under which a test runner finds the sources: processes run what is built.
const built = (file: string) => path.resolve(import.meta.dirname, '../../..', file);
const guards = pathToFileURL(built('packages/guards/dist/register.js')).href;

const common = ['--max-semi-space-size=16', '--max-old-space-size=512'];

/** How Node is started for each role: bounded heaps, and the guards where workflow code runs. */
export const nodeFlags: Readonly<Record<Role, readonly string[]>> = {
  'api-gateway': common,
  orchestrator: [...common, '--import', guards],
  'activity-worker': common,
};

/** The module that each role runs unless another is given: the application with the example. */
export function defaultEntry(role: Role): string {
  return built(`apps/${role}/dist/main.js`);
}

interface World {
  readonly databaseUrl: string;
  /** Of the process itself. */
  readonly port: number;
  /** Where the first gateway serves. */
  readonly gatewayUrl: string;
}

/** What a role needs to know of the world around it, as the variables of its environment. */
export function environmentOf(role: Role, world: World): Record<string, string> {
  if (role === 'activity-worker') return { MARATHON_HEALTH_PORT: String(world.port) };
  const port = role === 'api-gateway' ? 'MARATHON_PORT' : 'MARATHON_HEALTH_PORT';
  const environment = { [port]: String(world.port), MARATHON_DATABASE_URL: world.databaseUrl };
  return role === 'orchestrator' ? { ...environment, MARATHON_GATEWAY_URL: world.gatewayUrl } : environment;
}
