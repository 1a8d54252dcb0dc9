import { expect, it } from '@jest/globals';
import { useCommands } from './use-commands.js';

const world = useCommands();

it('npm run bench -- run --mode cluster measures one process of each role', async () => {
  const args = ['--workload', 'w1', '--concurrency', '4', '--seconds', '1', '--warmup', '0.2', '--data', world.directory];
  const run = world.npm('run', '-s', 'bench', '--', 'run', '--mode', 'cluster', ...args);
  expect([await run.exitCode(), run.stdout === '' ? run.stderr : '']).toEqual([0, '']);
  const line = JSON.parse(run.stdout);
  expect(line).toMatchObject({ workload: 'w1', mode: 'cluster', concurrency: 4, errors: 0 });
  expect(line.completed).toBeGreaterThan(0);
  expect(Object.keys(line.cpu_s)).toEqual(['server', 'api-gateway', 'orchestrator', 'activity-worker', 'kafka', 'postgres', 'client']);
});
