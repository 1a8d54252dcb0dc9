import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

/** A process of its own, from the sources. */
function run(name: string) {
  const child = fork(path.join(import.meta.dirname, '../test', name), {
    execArgv: [
      '--experimental-transform-types',
      '--no-warnings',
      '--import',
      path.join(import.meta.dirname, '../../../scripts/source-hooks.mjs'),
    ],
    env: { PATH: process.env.PATH, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return {
    child,
    words: Promise.all([child.stdout, child.stderr].map((output) => text(output as Readable))).then((outputs) => outputs.join('')),
    ended: once(child, 'close'),
  };
}

describe('runApplication', () => {
  it('tells its parent when it is ready, and ends at once when it is asked a second time (A3, A4)', async () => {
    const { child, words, ended } = run('hanging-application.child.ts');
    expect(await Promise.race([once(child, 'message'), ended])).toEqual([{ url: 'http://127.0.0.1:1' }, undefined]);

    child.kill('SIGTERM');
    const asking = setInterval(() => child.kill('SIGTERM'), 100);

    expect(await ended).toEqual([1, null]);
    clearInterval(asking);
    expect(await words).toContain('ends at once: asked a second time');
  }, 60_000);

  it('tells what is wrong with the environment, and ends (A1)', async () => {
    const { words, ended } = run('failing-application.child.ts');
    expect(await ended).toEqual([1, null]);
    expect(await words).toContain('MARATHON_ENVIRONMENT_INVALID: the environment cannot be used:\n  MARATHON_PORT is missing');
  }, 60_000);
});
