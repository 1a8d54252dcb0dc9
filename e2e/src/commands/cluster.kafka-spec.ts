import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { freePort } from '@marathon/embedded-server';
import type { NpmCommand } from './npm-command.js';
import { isAlive, postmasterOf } from './postmaster.js';
import { useCommands } from './use-commands.js';

const world = useCommands();

/** The command, and where it is to serve. */
async function start(...more: string[]) {
  const port = await freePort();
  const data = path.join(world.directory, 'data');
  const command = world.npm('run', 'cluster', '--', '--port', String(port), '--data', data, ...more);
  return { command, data, url: `http://127.0.0.1:${port}` };
}

const untilServing = (command: NpmCommand) => command.until(() => command.stdout.includes('Ctrl-C ends it') || undefined);

const pidsOf = ({ stdout }: NpmCommand, name: string): readonly number[] =>
  [...stdout.matchAll(/^(\S+) +\| started +pid (\d+)$/gm)].filter(([, of]) => of?.startsWith(name)).map(([, , pid]) => Number(pid));

const serversOf = (data: string): readonly number[] => [
  postmasterOf(path.join(data, 'database')),
  Number(readFileSync(path.join(data, 'broker/kafka.pid'), 'utf8')),
];

const list = async (url: string) => ((await (await fetch(`${url}/workflows?workflow=order`)).json()) as { workflows: object[] }).workflows;

describe('npm run cluster', () => {
  it('runs the example over separate processes, says who is who, and ends them all on SIGTERM', async () => {
    const { command, data, url } = await start();
    await untilServing(command);
    for (const seen of ['WorkflowStarted', 'ActivityRetryScheduled', 'SignalReceived', 'WorkflowCompleted', 'Completed: {', url])
      expect(command.stdout).toContain(seen);
    const processes = pidsOf(command, '');
    expect(['cluster', 'api-gateway', 'orchestrator', 'activity-worker'].map((role) => pidsOf(command, role).length)).toEqual([1, 1, 2, 2]);
    const servers = serversOf(data);

    command.kill('SIGTERM');

    expect(await command.exitCode()).toBe(0);
    expect([...processes, ...servers].filter(isAlive)).toEqual([]);
    expect(existsSync(path.join(data, 'broker/kafka.pid'))).toBe(false);
    expect(command.stdout).not.toMatch(/did not end in order|ended unexpectedly/);
  });

  it('reports a process that dies, ends with a launcher that is killed, and knows its runs the next time', async () => {
    const first = await start('--orchestrators', '1', '--workers', '1', '--gateways', '2', '--partitions', '3');
    await untilServing(first.command);
    const launched = pidsOf(first.command, '');
    expect(launched).toHaveLength(5);
    const [, kafka] = serversOf(first.data);
    const [, gateway] = pidsOf(first.command, 'api-gateway');

    process.kill(gateway as number, 'SIGKILL');
    await first.command.until(() => /api-gateway-\d +\| ended unexpectedly, with SIGKILL/.test(first.command.stdout) || undefined);
    process.kill(pidsOf(first.command, 'cluster')[0] as number, 'SIGKILL');
    await first.command.exitCode();
    while ([...launched, kafka as number].some(isAlive)) await new Promise((resolve) => setImmediate(resolve));

    const second = await start('--no-example', '--workers', '0');
    await second.command.untilReady(second.url);
    expect(await list(second.url)).toMatchObject([{ workflow: 'order', status: 'Completed' }]);
  });

  it('refuses options and variables that make no sense, and names them', async () => {
    const { command } = await start('--orchestrators', '0');
    expect(await command.exitCode()).not.toBe(0);
    expect(command.stderr).toContain('--orchestrators');
  });
});
