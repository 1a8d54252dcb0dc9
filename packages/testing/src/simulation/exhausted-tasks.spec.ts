import { afterEach, expect, it } from '@jest/globals';
import { workflow } from '@marathon/workflow';
import { Simulation } from './simulation.js';

let world: Simulation;
afterEach(() => world.stop());

const retry = { initialInterval: 100, attemptsMax: 2 };
const fragile = workflow('fragile', async (ctx, n: number) => {
  await ctx.activity('break', n, { retry }).catch(() => {});
  await ctx.activity('break', n, { retry: { ...retry, deadLetter: true } }).catch(() => {});
});

it.each([0, 0.5])(
  'puts the task of a last failed attempt where people find it, by the sweeper if need be (lost: %d)',
  async (lostMessages) => {
    world = new Simulation({
      workflows: [fragile],
      activities: {
        break: (_, attempt) => {
          throw new Error(`no ${attempt}`);
        },
      },
      isStreamDurable: true,
      faults: { lostMessages },
      seed: 3,
    });
    for (let n = 0; n < 20; n++) await world.start('fragile', n);
    expect(await world.settleUntil(() => world.openRuns === 0, 300_000)).toBe(true);
    world.chance.calm();
    await world.settle(30_000);
    const inputs = new Set(world.deadLetters.map(({ task }) => Number(task?.input)));
    expect(inputs.size).toBe(20);
    for (const letter of world.deadLetters) {
      expect(letter).toMatchObject({
        reason: 'attempts-exhausted',
        explanation: 'activity "break" failed at attempt 2, its last: no 2',
        task: { activity: 'break', attempt: 2 },
        failure: { message: 'no 2' },
      });
    }
  },
);
