import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { freePort } from '@marathon/embedded-server';
import { isAlive, postmasterFile, postmasterOf } from './postmaster.js';
import { useCommands } from './use-commands.js';

const world = useCommands();

/** The command, and where it is to serve. */
async function start(...more: string[]) {
  const port = await freePort();
  const data = path.join(world.directory, 'data');
  const command = world.npm('start', '--', '--port', String(port), '--data', data, ...more);
  return { command, data, url: `http://127.0.0.1:${port}` };
}

const list = async (url: string) => ((await (await fetch(`${url}/workflows?workflow=order`)).json()) as { workflows: object[] }).workflows;

describe('npm start', () => {
  it('runs the example, shows what happens in it and where to look, and stays up', async () => {
    const { command, url } = await start();
    await command.until(() => command.stdout.includes('Ctrl-C ends it') || undefined);
    for (const seen of [
      'WorkflowStarted',
      'ActivityRetryScheduled',
      'TimerFired',
      'SignalReceived',
      'WorkflowCompleted',
      'Completed: {',
      url,
    ]) {
      expect(command.stdout).toContain(seen);
    }
    expect(await list(url)).toMatchObject([{ workflow: 'order', status: 'Completed' }]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends on %s with the PostgreSQL that it started, and knows its runs the next time',
    async (signal) => {
      const first = await start();
      await first.command.until(() => first.command.stdout.includes('Ctrl-C ends it') || undefined);
      const postgres = postmasterOf(first.data);
      first.command.kill(signal);
      expect(await first.command.exitCode()).toBe(0);
      expect([isAlive(postgres), existsSync(postmasterFile(first.data))]).toEqual([false, false]);

      const second = await start('--no-example');
      await second.command.untilReady(second.url);
      expect(await list(second.url)).toMatchObject([{ workflow: 'order', status: 'Completed' }]);
    },
  );

  it('keeps everything in memory when it is asked to, without a PostgreSQL', async () => {
    const port = await freePort();
    const command = world.npm('start', '--', '--port', String(port), '--memory');
    await command.until(() => command.stdout.includes('it keeps everything in memory') || undefined);
    expect(await list(`http://127.0.0.1:${port}`)).toMatchObject([{ workflow: 'order', status: 'Completed' }]);
    command.kill('SIGTERM');
    expect(await command.exitCode()).toBe(0);
  });

  it('refuses a data directory that another process uses, and says so', async () => {
    const first = await start('--no-example');
    await first.command.untilReady(first.url);
    const second = await start('--no-example');
    expect(await second.command.exitCode()).not.toBe(0);
    expect(second.command.stderr).toContain(first.data);
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
  });

  it('refuses options that make no sense, and names them', async () => {
    const { command } = await start('--prot', '1');
    expect(await command.exitCode()).not.toBe(0);
    expect(command.stderr).toContain('--prot');
    const { command: both } = await start('--memory');
    expect(await both.exitCode()).not.toBe(0);
    expect(both.stderr).toContain('--data');
  });
});
