import { describe, expect, it } from '@jest/globals';
import { outboxEntryId } from '@marathon/core';
import { runStart, source, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeOutbox(name: string, setup: StoreSetup): void {
  describe(`Outbox: ${name}`, () => {
    const fixture = useFixture(setup);
    const hourMs = 3_600_000;

    it('claims entries for a while: nobody else gets them meanwhile', async () => {
      await leaveEntries(3);

      const claimed = await claim({ claimForMs: hourMs });

      expect(claimed).toHaveLength(3);
      expect(await claim({ claimForMs: hourMs })).toEqual([]);
    });

    it('gives an entry whose claim is over to the next', async () => {
      await leaveEntries(2);

      const first = await claim({ claimForMs: 0 });

      expect(new Set(await claim({ claimForMs: 0 }))).toEqual(new Set(first));
    });

    it('claims what is old enough, up to the limit', async () => {
      await leaveEntries(3);

      expect(await claim({ olderThanMs: hourMs })).toEqual([]);
      expect(await claim({ limit: 2, claimForMs: hourMs })).toHaveLength(2);
      expect(await claim({ limit: 2, claimForMs: hourMs })).toHaveLength(1);
    });

    it('claims what one process left', async () => {
      await leaveEntries(1);
      await leaveEntries(2, 'another-process');

      expect(await claim({ source })).toHaveLength(1);
      expect(await claim({ source: 'another-process' })).toHaveLength(2);
      expect(await claim({})).toHaveLength(3);
    });

    it('gives every entry to one of two claims that overlap', async () => {
      await leaveEntries(20);

      const claims = await Promise.all([1, 2, 3].map(() => claim({ claimForMs: hourMs, limit: 10 })));

      const ids = claims.flat().map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length + (await claim({ claimForMs: hourMs })).length).toBe(20);
    });

    it('deletes entries; unknown ones are fine', async () => {
      await leaveEntries(3);
      const [first, second] = await claim({});

      await fixture().world.outbox.deleteEntries([first!.id, outboxEntryId('9000000000000000000'), second!.id]);
      await fixture().world.outbox.deleteEntries([first!.id]);
      await fixture().world.outbox.deleteEntries([]);

      expect(await claim({})).toHaveLength(1);
    });

    const claim = (overrides: Partial<Parameters<ReturnType<typeof outbox>['claimEntries']>[0]>) =>
      outbox().claimEntries({ olderThanMs: 0, claimForMs: 0, limit: 100, ...overrides });
    const outbox = () => fixture().world.outbox;

    async function leaveEntries(count: number, process = source): Promise<void> {
      for (let i = 0; i < count; i++) await fixture().intake.start(process, [runStart(fixture().shards[0])]);
    }
  });
}
