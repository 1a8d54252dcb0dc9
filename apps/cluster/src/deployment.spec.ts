import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { activityWorkerVariables } from '@marathon/activity-worker';
import { gatewayVariables } from '@marathon/api-gateway';
import { type EnvironmentVariables, readEnvironment } from '@marathon/host';
import { orchestratorVariables } from '@marathon/orchestrator';
import { parse } from 'yaml';
import { type Role, roles } from './roles.js';

const repository = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(repository, file), 'utf8');

const variables: Readonly<Record<Role, EnvironmentVariables>> = {
  'api-gateway': gatewayVariables,
  orchestrator: orchestratorVariables,
  'activity-worker': activityWorkerVariables,
};

interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly dockerfile: string; readonly target: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck: { readonly test: readonly string[] };
}

const dockerfile = read('infra/Dockerfile');
const set = Object.fromEntries(
  [...dockerfile.matchAll(/(MARATHON_\w+)=(\S+)/g)].map(([, name, value]) => [name as string, value as string]),
);

describe('docker-compose.yml', () => {
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as { readonly services: Record<string, ComposeService> };

  it('has every role, a PostgreSQL and a Kafka, each with a check of its health', () => {
    expect(Object.keys(services).sort()).toEqual([...roles, 'kafka', 'postgres'].sort());
    for (const { healthcheck } of Object.values(services)) expect(healthcheck.test[0]).toBe('CMD');
  });

  it.each(roles)('gives %s nothing that it does not know, and all that it needs', (role) => {
    const { environment, build } = services[role] as ComposeService;
    const known = readEnvironment({ ...set, ...environment }, variables[role]) as Readonly<Record<string, unknown>>;
    expect(known.KAFKA_BROKERS).toEqual(['kafka:9092']);
    expect(Object.keys(environment).filter((name) => !Object.hasOwn(variables[role], name))).toEqual([]);
    expect(build).toMatchObject({ dockerfile: 'infra/Dockerfile', target: role });
    const port = String(known.MARATHON_PORT ?? known.MARATHON_HEALTH_PORT);
    expect((services[role] as ComposeService).healthcheck.test.join(' ')).toContain(`:${port}/health/ready`);
  });
});

describe('infra/Dockerfile', () => {
  it.each(roles)('starts %s by its main module', (role) => {
    const [, command] = new RegExp(`AS ${role}\\n(?:.*\\n)*?CMD (\\[.*\\])`).exec(dockerfile) ?? [];
    const words = JSON.parse(command ?? '[]') as readonly string[];
    const modules = words.filter((word) => word.endsWith('.js'));
    expect(modules.at(-1)).toBe(`apps/${role}/dist/main.js`);
    expect(modules.length).toBe(role === 'orchestrator' ? 2 : 1);
    for (const module of modules)
      expect(existsSync(path.join(repository, module.replace('/dist/', '/src/').replace(/js$/, 'ts')))).toBe(true);
  });
});

describe('docs/reference/configuration.md', () => {
  const rows = [...read('docs/reference/configuration.md').matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)];

  it.each(roles)('lists exactly what %s reads', (role) => {
    const listed = rows.filter(([, , readers]) => readers?.includes('all') || readers?.includes(role)).map(([, name]) => name);
    expect(listed.sort()).toEqual(Object.keys(variables[role]).sort());
  });
});
