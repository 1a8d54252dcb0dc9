import { expect, it } from '@jest/globals';
import { ManualClock } from '@marathon/memory';
import { OrchestratorWorld } from '../test/orchestrator-world.js';
import { BuildRenewal } from './build-renewal.js';

it('renews once a minute, also after it could not, until it is stopped', async () => {
  const clock = new ManualClock();
  let renewals = 0;
  const lines: string[] = [];
  const log = { info() {}, warn: (line: string) => void lines.push(line), error() {} };
  const renewal = new BuildRenewal(
    async () => {
      if (++renewals === 1) throw new Error('down');
    },
    clock,
    log,
  );
  await renewal.start();
  for (const expected of [1, 2]) {
    clock.advanceBy(60_000);
    await new Promise(setImmediate);
    expect(renewals).toBe(expected);
  }
  expect(lines).toHaveLength(1);
  await renewal.stop();
  clock.advanceBy(60_000);
  expect(renewals).toBe(2);
});

it('gives the queue to the build that is left', async () => {
  const world = new OrchestratorWorld();
  await world.start();
  const workflow = (name: string) => ({ name, run: async () => {} });
  await world.orchestrator('new', [workflow('new')], { build: 'new' });
  const old = await world.orchestrator('old', [workflow('old')], { build: 'old' });
  const inForce = async () => (await world.log.definitions.readAll()).definitions.map(({ build }) => build);
  expect(await inForce()).toEqual(['old']);
  await old.stop();
  for (let minute = 0; minute < 4; minute++) {
    world.clock.advanceBy(60_000);
    await new Promise(setImmediate);
  }
  expect(await inForce()).toEqual(['new']);
  await world.stop();
});
