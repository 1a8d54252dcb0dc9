import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { freePort } from '@marathon/embedded-server';
import type { NpmCommand } from './npm-command.js';
import { isAlive, postmasterFile, postmasterOf } from './postmaster.js';
import { useCommands } from './use-commands.js';

const world = useCommands();

const bench = (...args: string[]): NpmCommand => world.npm('run', '-s', 'bench', '--', ...args);

describe('npm run bench -- serve', () => {
  it('serves the workflows until SIGTERM, and ends with the PostgreSQL that it started', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const data = path.join(world.directory, 'data');
    const serving = bench('serve', '--mode', 'embedded', '--port', String(port), '--data', data);
    await serving.untilReady(url);

    for (const [workflow, result] of [
      ['bench.w3', { ok: true, i: 2, at: 'step' }],
      ['bench.w10.local', { ok: true, i: 9, at: 'step' }],
      ['bench.fan100', { count: 100 }],
      ['bench.timer', { ok: true, i: 0, at: 'step' }],
    ]) {
      expect(await post(`${url}/workflows?wait=60s`, { workflow })).toMatchObject({ status: 'Completed', result });
    }
    await post(`${url}/workflows`, { workflow: 'bench.signal', workflowId: 'one' });
    await post(`${url}/workflows/one/signals/go`, { go: true });
    const answer = await fetch(`${url}/workflows/one/result?wait=60s`);
    expect(await answer.json()).toMatchObject({ status: 'Completed', result: { go: true } });

    const postgres = postmasterOf(data);
    expect(isAlive(postgres)).toBe(true);
    serving.kill('SIGTERM');
    expect(await serving.exitCode()).toBe(0);
    expect(isAlive(postgres)).toBe(false);
    expect(existsSync(postmasterFile(data))).toBe(false);
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe('npm run bench -- run', () => {
  it.each(['w3', 'fan100.local', 'signal', 'update.sticky'])('measures %s and prints one line of JSON', async (workload) => {
    const args = ['--workload', workload, '--concurrency', '4', '--seconds', '1', '--warmup', '0.2', '--data', world.directory];
    const run = bench('run', '--mode', 'embedded', ...args);
    expect([await run.exitCode(), run.stdout === '' ? run.stderr : '']).toEqual([0, '']);
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(1);
    const line = JSON.parse(run.stdout);
    expect(line).toMatchObject({ workload, mode: 'embedded', concurrency: 4, errors: 0 });
    expect(line.completed).toBeGreaterThan(0);
    expect(line.latency_ms.p99).toBeGreaterThanOrEqual(line.latency_ms.p50);
    expect(Object.keys(line.cpu_s)).toEqual(['server', 'postgres', 'client']);
    expect(line.peak_rss_mb.postgres).toBeGreaterThan(0);
    expect(readdirSync(world.directory)).toEqual([]);
  });

  it('writes CPU profiles of the server and its watchdog when it is asked for', async () => {
    const profiles = path.join(world.directory, 'profiles');
    const run = bench('run', '--workload', 'w1', '--seconds', '0.5', '--warmup', '0.1', '--data', world.directory, '--cpu-prof', profiles);
    expect(await run.exitCode()).toBe(0);
    expect(readdirSync(profiles)).toEqual([1, 2].map(() => expect.stringMatching(/\.cpuprofile$/)));
  });

  it('ends all it started when it is told to end in the middle', async () => {
    const run = bench('run', '--workload', 'w1', '--seconds', '3600', '--data', world.directory);
    const postgres = await run.until(() => dataDirectoriesIn(world.directory).map(startedPostmasterOf).find(Boolean));
    run.kill('SIGTERM');
    await run.exitCode();
    expect(run.stdout).toBe('');
    expect(isAlive(postgres)).toBe(false);
    expect(readdirSync(world.directory)).toEqual([]);
  });

  it('refuses a mode that there is not, and names those that there are', async () => {
    const run = bench('run', '--mode', 'cloud', '--workload', 'w1');
    expect(await run.exitCode()).not.toBe(0);
    expect(run.stderr).toContain('embedded, cluster');
  });
});

/** The file is there before anything is in it, and has a negative number while the cluster is made. */
function startedPostmasterOf(data: string): number | undefined {
  const pid = existsSync(postmasterFile(data)) ? postmasterOf(data) : 0;
  return pid > 0 ? pid : undefined;
}

const dataDirectoriesIn = (directory: string): readonly string[] => readdirSync(directory).map((name) => path.join(directory, name));

async function post(url: string, body: object): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return answer.json();
}
