import { expect, it } from '@jest/globals';
import { InMemoryEventLog, ManualClock } from '@marathon/memory';
import { type PayloadStore, recordedPayload } from '../../index.js';
import { PayloadUpkeep } from './payload-upkeep.js';

const hourMs = 3_600_000;
const quiet = { info() {}, warn() {}, error() {} };

it('removes what nothing has referred to for a week, and goes on after a failure', async () => {
  const clock = new ManualClock();
  const { payloads } = new InMemoryEventLog({ clock });
  const text = recordedPayload('"left behind"');
  const reference = payloads.referenceTo(text);
  await payloads.write(new Map([[reference, text]]));
  const isThere = async () => (await payloads.read([reference])).has(reference);
  let calls = 0;
  const failing: PayloadStore = {
    ...payloads,
    removeUnused: async (beforeMs) => {
      if (++calls === 1) throw new Error('away');
      return payloads.removeUnused(beforeMs);
    },
  };
  const upkeep = new PayloadUpkeep(failing, clock, quiet);
  await upkeep.start();
  const passHours = async (hours: number) => {
    for (let hour = 0; hour < hours; hour++) {
      clock.advanceBy(hourMs);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  };

  await passHours(7 * 24);
  expect(await isThere()).toBe(true);
  await passHours(2);
  expect(await isThere()).toBe(false);
  await upkeep.stop();
});

it('goes on until it has looked at all that are old, or is to stop', async () => {
  const clock = new ManualClock();
  const { payloads } = new InMemoryEventLog({ clock });
  const left = [true, true, false, true, true];
  let calls = 0;
  const upkeep: PayloadUpkeep = new PayloadUpkeep(
    {
      ...payloads,
      removeUnused: async () => {
        if (++calls === 4) void upkeep.stop();
        return { removed: 1, isPartial: left[calls - 1] === true };
      },
    },
    clock,
    quiet,
  );
  await upkeep.start();
  const passHour = async () => {
    clock.advanceBy(hourMs);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };

  await passHour();
  expect(calls).toBe(3);
  await passHour();
  await passHour();
  expect(calls).toBe(4);
});
