import { expect, it } from '@jest/globals';
import { activity, turn, until, WorkerWorld } from '../../test/worker-world.js';
import { activityContext } from '../index.js';

/** A few known ones, and one that nobody tried before: its number stands in the test's name. */
const seeds = [1, 2, 3, Math.floor(Math.random() * 1_000_000)];

it.each(seeds)('every task is finished, and none runs twice at once in one worker, whatever the stream may do (seed %i)', async (seed) => {
  const world = await WorkerWorld.start({ seed, likelihood: 0.3 });
  const hosting = () => {
    const running = new Set<string>();
    return activity(async (turns: number) => {
      const { idempotencyKey } = activityContext();
      if (running.has(idempotencyKey)) throw new Error('runs twice at once');
      running.add(idempotencyKey);
      for (let n = 0; n < turns; n += 1) await turn();
      running.delete(idempotencyKey);
    });
  };
  const workers = [
    await world.worker(hosting(), { maxConcurrent: 5 }),
    await world.worker(hosting(), { maxConcurrent: 5, identity: 'worker-2' }),
  ];
  const tasks = Array.from({ length: 150 }, (_, n) => world.task({ input: n % 7, announceAtOnce: n % 5 === 0 }));
  for (let from = 0; from < tasks.length; from += 10) {
    await world.send(...tasks.slice(from, from + 10));
    await turn();
  }

  const finished = () => world.owner.all('activity-finished');
  await until(() => new Set(finished().map(({ runId }) => runId)).size === tasks.length);
  expect(finished().filter(({ outcome }) => outcome !== 'completed')).toEqual([]);
  await until(() => workers.every(({ status }) => status.running === 0 && status.waiting === 0));
  await world.stop();
});
