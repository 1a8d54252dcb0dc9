import { describe, expect, it } from '@jest/globals';
import type { Admission, LimitChanges, LimitName, LimitStore, QueuedPlace, RunId, StatedLimit } from '@marathon/core';
import { advance, completion, continuation, namespace, type OpenRun, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

const slots: LimitName = 'activity-concurrency:slots';
const tokens: LimitName = 'activity-rate:tokens';
const slotsOf = (limit: number): StatedLimit => ({ name: slots, limit });
const tokensOf = (limit: number, perMs: number): StatedLimit => ({ name: tokens, limit, perMs });

/** Long enough that no token comes back while a test runs. */
const hourMs = 3_600_000;

export function describeLimits(name: string, setup: StoreSetup): void {
  describe(`limits: ${name}`, () => {
    const fixture = useFixture(setup);
    const limits = (): LimitStore => fixture().world.limits;
    const admit = (...names: readonly LimitName[]) => limits().admit(names);
    const open = async (after?: LimitName) => (await limits().readOpen(after, 10)).names;
    const list = () => fixture().world.reader.listLimits({ namespace, limit: 100 });

    const place = (seq: number, stated: readonly StatedLimit[], more: Partial<QueuedPlace> = {}): QueuedPlace => {
      return { place: seq, attempt: 1, priority: 3, fairnessKey: '', limits: stated, ...more };
    };
    const changes = (queued: readonly QueuedPlace[], more: Partial<LimitChanges> = {}): { readonly limits: LimitChanges } => ({
      limits: { queued, freed: [], isClosing: false, handsOn: false, names: [], ...more },
    });
    /** A run whose activities wait, in this order. */
    const waiting = async (...places: readonly QueuedPlace[]): Promise<OpenRun> => {
      const run = await fixture().startRun();
      await fixture().commit(advance(run, changes(places)));
      return run;
    };
    const freeing = (run: OpenRun, expectedSeq: number, ...freed: readonly number[]) =>
      fixture().commit(advance(run, { expectedSeq, taken: 0, ...changes([], { freed }) }));
    const seqsOf = ({ requests }: Admission) => requests.map(({ request }) => ('activitySeq' in request ? request.activitySeq : 0));
    const requestsOf = async (runId: RunId) => (await fixture().requestsOf(runId)).map(({ request }) => request);

    it('let in as many as there is room for, and tell their run by requests in line with its others', async () => {
      const run = await waiting(place(2, [slotsOf(2)]), place(3, [slotsOf(2)]), place(4, [slotsOf(2)]));
      const { requests, againInMs } = await admit(slots);

      const admitted = [2, 3].map((activitySeq, i) => ({ kind: 'admit-activity', n: i + 1, activitySeq, attempt: 1 }));
      expect(requests.map(({ request }) => request)).toEqual(admitted);
      expect(requests[0]).toMatchObject({ runId: run.runId, shard: run.shard.id });
      expect(await requestsOf(run.runId)).toEqual(admitted);
      expect([...againInMs]).toEqual([]);
      expect(await list()).toMatchObject([{ name: slots, limit: 2, inFlight: 2, waiting: 1, oldestWaitingSinceMs: expect.any(Number) }]);
      expect(seqsOf(await admit(slots))).toEqual([]);
    });

    it('let the next in when a place is freed, and nobody twice', async () => {
      const run = await waiting(place(2, [slotsOf(1)]), place(3, [slotsOf(1)]));
      expect(seqsOf(await admit(slots))).toEqual([2]);
      await freeing(run, 2, 2);
      expect(seqsOf(await admit(slots))).toEqual([3]);
      await freeing(run, 3, 3);
      expect(seqsOf(await admit(slots))).toEqual([]);
      expect(await open()).toEqual([]);
    });

    it('are atomic: looks that overlap let in no more than there is room for', async () => {
      for (let i = 0; i < 5; i++) await waiting(...[2, 3, 4].map((seq) => place(seq, [slotsOf(4)])));
      const looks = await Promise.all(Array.from({ length: 4 }, () => admit(slots)));
      expect(looks.flatMap(({ requests }) => requests)).toHaveLength(4);
      expect(await list()).toMatchObject([{ inFlight: 4, waiting: 11 }]);
    });

    it('go by priority, then let fairness keys take turns, then by who came first', async () => {
      const one = [slotsOf(1)];
      const run = await waiting(
        ...[2, 3, 4].map((seq) => place(seq, one, { fairnessKey: 'a' })),
        place(5, one, { fairnessKey: 'b' }),
        place(6, one, { fairnessKey: 'b' }),
        place(7, one, { priority: 1 }),
        place(8, one, { fairnessKey: 'c' }),
      );
      const order: number[] = [];
      for (let seq = 2; seq <= 8; seq++) {
        const [next] = seqsOf(await admit(slots));
        order.push(next as number);
        await freeing(run, seq, next as number);
      }
      expect(order).toEqual([7, 2, 5, 8, 3, 6, 4]);
    });

    it('give who comes later the turn that is next, not one behind all who wait', async () => {
      const one = [slotsOf(1)];
      const run = await waiting(...[2, 3, 4].map((seq) => place(seq, one, { fairnessKey: 'a' })));
      expect(seqsOf(await admit(slots))).toEqual([2]);
      await fixture().commit(advance(run, { expectedSeq: 2, ...changes([place(9, one, { fairnessKey: 'b' })], { freed: [2] }) }));
      expect(seqsOf(await admit(slots))).toEqual([3]);
      await freeing(run, 3, 3);
      expect(seqsOf(await admit(slots))).toEqual([9]);
    });

    it('spend the tokens of a rate, and say when the next one is there', async () => {
      await waiting(...[2, 3, 4].map((seq) => place(seq, [tokensOf(2, hourMs)])));
      const { againInMs, ...admission } = await admit(tokens);

      expect(seqsOf({ againInMs, ...admission })).toEqual([2, 3]);
      const inMs = againInMs.get(tokens) as number;
      expect(inMs).toBeGreaterThan(hourMs / 2 - 60_000);
      expect(inMs).toBeLessThanOrEqual(hourMs / 2);
      expect(await list()).toMatchObject([{ name: tokens, perMs: hourMs, inFlight: 0, waiting: 1, nextTokenAtMs: expect.any(Number) }]);
      expect(seqsOf(await admit(tokens))).toEqual([]);
    });

    it('give tokens back as time goes by', async () => {
      await waiting(place(2, [tokensOf(1, 1)]), place(3, [tokensOf(1, 1)]));
      const admitted: number[] = [];
      while (admitted.length < 2) admitted.push(...seqsOf(await admit(tokens)));
      expect(admitted).toEqual([2, 3]);
    });

    it('hold back who has no room under one of two limits, and nobody else', async () => {
      const run = await waiting(
        place(2, [slotsOf(5), tokensOf(1, hourMs)]),
        place(3, [slotsOf(5), tokensOf(1, hourMs)]),
        place(4, [slotsOf(5)]),
      );
      expect(seqsOf(await admit(slots)).sort()).toEqual([2, 4]);
      expect(await list()).toMatchObject([
        { name: slots, inFlight: 2, waiting: 1 },
        { name: tokens, inFlight: 0, waiting: 1 },
      ]);
      expect(await fixture().world.reader.readAwaitedLimits(run.runId)).toMatchObject([
        { name: slots, place: 3, attempt: 1, ahead: 0, limit: 5, inFlight: 2 },
        { name: tokens, place: 3, ahead: 0, nextTokenAtMs: expect.any(Number) },
      ]);
    });

    it('let in who stands behind a long line that waits for a further limit', async () => {
      const other: StatedLimit = { name: 'activity-concurrency:one', limit: 1 };
      await waiting(...Array.from({ length: 400 }, (_, i) => place(i + 2, [other, tokensOf(10_000, hourMs)])));
      await waiting(place(900, [tokensOf(10_000, hourMs)]));
      const admitted = [...seqsOf(await admit(tokens)), ...seqsOf(await admit(tokens))];
      expect(admitted.sort()).toEqual([2, 900]);
    });

    it('go by the limit that was stated last, at once', async () => {
      await waiting(place(2, [slotsOf(1)]), place(3, [slotsOf(1)]), place(4, [slotsOf(1)]));
      expect(seqsOf(await admit(slots))).toEqual([2]);
      await waiting(place(5, [slotsOf(3)]));
      expect(seqsOf(await admit(slots))).toEqual([3, 4]);
      expect(await list()).toMatchObject([{ limit: 3, inFlight: 3, waiting: 1 }]);
    });

    it('forget all of a run that closes, and hold what is handed on for its successor', async () => {
      const stated: StatedLimit = { name: 'workflow-concurrency:runs', limit: 1 };
      const run = await waiting(place(0, [stated]), place(2, [slotsOf(1)]), place(3, [slotsOf(1)]));
      await admit(slots, stated.name);
      const next = continuation(run, { expectedSeq: 2, taken: 2, ...changes([], { isClosing: true, handsOn: true }) });
      await fixture().commit(next);
      expect(await list().then((all) => all.map(({ name: key, inFlight, waiting: lined }) => [key, inFlight, lined]))).toEqual(
        expect.arrayContaining([[stated.name, 1, 0]]),
      );

      const successor = { ...run, runId: next.successor.runId };
      await fixture().commit(completion(successor, changes([], { isClosing: true })));
      await limits().forgetIdle(100);
      expect(await list()).toEqual([]);
    });

    it('are left as they are by an advance that is refused', async () => {
      const run = await waiting(place(2, [slotsOf(1)]));
      await fixture().commit(advance(run, { expectedSeq: 9, ...changes([place(3, [slotsOf(5)])], { freed: [2] }) }));
      await admit(slots);
      expect(await list()).toMatchObject([{ name: slots, limit: 1, inFlight: 1, waiting: 0 }]);
    });

    it('name those with room for who waits', async () => {
      const run = await waiting(place(2, [tokensOf(1, hourMs)]), place(3, [slotsOf(1)]));
      expect(await open()).toEqual([slots, tokens]);
      expect(await limits().readOpen(undefined, 1)).toEqual({ names: [slots], next: slots });
      expect(await open(slots)).toEqual([tokens]);

      await admit(slots, tokens);
      await waiting(place(2, [tokensOf(1, hourMs)]), place(3, [slotsOf(1)]));
      expect(await open()).toEqual([]);
      await waiting(place(2, [slotsOf(2)]));
      expect(await open()).toEqual([slots]);
      await waiting(place(2, [slotsOf(1)]));
      expect(await open()).toEqual([]);
      await waiting(place(2, [tokensOf(1, 5)]));
      expect(await open()).toEqual([tokens]);
      await freeing(run, 2, 3);
      expect(await open()).toEqual([slots, tokens]);
    });
  });
}
