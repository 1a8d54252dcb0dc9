import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

const repository = path.resolve(import.meta.dirname, '../../..');

/** A role as it is deployed, and nothing around it. */
function run(role: string, environment: Readonly<Record<string, string>>) {
  const flags = role === 'orchestrator' ? ['--import', '@marathon/guards/register'] : [];
  const child = spawn(process.execPath, [...flags, path.join(repository, 'apps', role, 'dist/main.js')], {
    cwd: path.join(repository, 'apps', role),
    env: { PATH: process.env.PATH, MARATHON_LOG_FORMAT: 'json', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, stderr: text(child.stderr), ended: once(child, 'close') as Promise<[number | null]> };
}

async function urlOf({ child }: ReturnType<typeof run>): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) {
    const { message, url } = JSON.parse(line) as { readonly message: string; readonly url?: string };
    if (message === 'answers' && url) {
      child.stdout.resume();
      return url;
    }
  }
  throw new Error('the process has ended');
}

const away = { KAFKA_BROKERS: '127.0.0.1:1', MARATHON_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing' };

describe.each(['api-gateway', 'orchestrator', 'activity-worker'])('%s', (role) => {
  it('names every variable that it cannot use, and ends', async () => {
    const { stderr, ended } = run(role, { KAFKA_BROKERS: 'here', MARATHON_PARTITIONS: 'many', MARATHON_PARTITION: '1' });
    expect(await ended).toEqual([1, null]);
    const words = await stderr;
    expect(words).toContain('MARATHON_ENVIRONMENT_INVALID');
    expect(words).toContain('KAFKA_BROKERS is no list of host:port');
    expect(words).toContain('MARATHON_PARTITIONS is not a whole number');
    expect(words).toContain('MARATHON_PARTITION is unknown here: did you mean MARATHON_PARTITIONS?');
    if (role !== 'activity-worker') expect(words).toContain('MARATHON_DATABASE_URL is missing');
  });

  it('lives and is not ready while Kafka and PostgreSQL are away, and ends when it is asked to', async () => {
    const database = role === 'activity-worker' ? {} : { MARATHON_DATABASE_URL: away.MARATHON_DATABASE_URL };
    const port = role === 'api-gateway' ? { MARATHON_PORT: '0' } : { MARATHON_HEALTH_PORT: '0' };
    const running = run(role, { KAFKA_BROKERS: away.KAFKA_BROKERS, ...database, ...port });
    const url = await urlOf(running);

    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);

    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual([0, null]);
  });
});
