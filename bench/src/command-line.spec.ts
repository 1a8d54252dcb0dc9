import { describe, expect, it } from '@jest/globals';
import { commandLine } from './command-line.js';
import type { RunOptions } from './run.js';
import type { ServeOptions } from './serve.js';

/** What the commands were called with; throws what commander would print before it ends the process. */
async function parse(...args: string[]): Promise<{ run?: RunOptions; serve?: ServeOptions }> {
  const called: { run?: RunOptions; serve?: ServeOptions } = {};
  const bench = commandLine({
    run: async (options) => {
      called.run = options;
    },
    serve: async (options) => {
      called.serve = options;
    },
  });
  for (const command of [bench, ...bench.commands]) command.exitOverride().configureOutput({ writeErr: () => {} });
  await bench.parseAsync(args, { from: 'user' });
  return called;
}

describe('the command line of the bench', () => {
  it('runs a workload with defaults', async () => {
    const { run } = await parse('run', '--mode', 'embedded', '--workload', 'w3');
    expect(run).toEqual({ mode: 'embedded', workload: 'w3', concurrency: 1, seconds: 10, warmup: 3 });
  });

  it('takes every option of a run', async () => {
    const { run } = await parse(
      ...[
        'run',
        '--workload',
        'fan100.local',
        '--concurrency',
        '64',
        '--seconds',
        '2.5',
        '--warmup',
        '1',
        '--data',
        'd',
        '--cpu-prof',
        'p',
      ],
    );
    expect(run).toMatchObject({ workload: 'fan100.local', concurrency: 64, seconds: 2.5, warmup: 1, data: 'd', cpuProf: 'p' });
  });

  it('serves', async () => {
    const { serve } = await parse('serve', '--mode', 'embedded', '--port', '8123', '--data', 'd');
    expect(serve).toMatchObject({ port: 8123, data: 'd' });
  });

  it.each([
    ['another mode', ['run', '--workload', 'w1', '--mode', 'cloud'], /embedded, cluster/],
    ['an unknown workload', ['run', '--workload', 'w2'], /Allowed choices are w1, w3/],
    ['no workload', ['run'], /--workload/],
    ['a concurrency of none', ['run', '--workload', 'w1', '--concurrency', '0'], /from 1 to/],
    ['a window without length', ['run', '--workload', 'w1', '--seconds', '0'], /above 0/],
    ['a port that is none', ['serve', '--port', '70000', '--data', 'd'], /from 0 to 65535/],
    ['no data directory', ['serve', '--port', '1'], /--data/],
  ])('refuses %s', async (_, args, message) => {
    await expect(parse(...args)).rejects.toThrow(message);
  });
});
