import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type RunId, runId, type ShardId, shardId } from '../../index.js';
import { WakeUps } from './wake-ups.js';

type Action =
  | { readonly kind: 'set'; readonly run: number; readonly atMs: number | undefined }
  | { readonly kind: 'setNoLater'; readonly run: number; readonly atMs: number }
  | { readonly kind: 'take'; readonly nowMs: number; readonly limit: number }
  | { readonly kind: 'forgetShard'; readonly shard: number };

const run = fc.nat(40);
const instant = fc.nat(50);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('set' as const), run, atMs: fc.option(instant, { nil: undefined }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('setNoLater' as const), run, atMs: instant }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const), nowMs: instant, limit: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forgetShard' as const), shard: fc.nat(3) }) },
);

const idOf = (n: number): RunId => runId(`run-${n}`);
const shardOf = (n: number): ShardId => shardId(n % 4);

/** What it should do, without a heap. */
class Model {
  readonly instants = new Map<RunId, { readonly shard: ShardId; readonly atMs: number }>();

  set(n: number, atMs: number | undefined): void {
    if (atMs === undefined) this.instants.delete(idOf(n));
    else this.instants.set(idOf(n), { shard: shardOf(n), atMs });
  }

  get nextAtMs(): number | undefined {
    const all = [...this.instants.values()].map(({ atMs }) => atMs);
    return all.length === 0 ? undefined : Math.min(...all);
  }
}

describe('WakeUps', () => {
  it('gives due runs, earliest first, each at the instant that counts for it', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 400 }), (actions) => {
        const wakeUps = new WakeUps();
        const model = new Model();
        for (const next of actions) {
          if (next.kind === 'set') {
            wakeUps.set(idOf(next.run), shardOf(next.run), next.atMs);
            model.set(next.run, next.atMs);
          } else if (next.kind === 'setNoLater') {
            wakeUps.setNoLater(idOf(next.run), shardOf(next.run), next.atMs);
            const known = model.instants.get(idOf(next.run))?.atMs ?? Number.POSITIVE_INFINITY;
            model.set(next.run, Math.min(known, next.atMs));
          } else if (next.kind === 'forgetShard') {
            wakeUps.forgetShard(shardId(next.shard));
            for (const [id, { shard }] of model.instants) if (shard === shardId(next.shard)) model.instants.delete(id);
          } else {
            const taken = wakeUps.takeDue(next.nowMs, next.limit);
            const due = [...model.instants.values()].filter(({ atMs }) => atMs <= next.nowMs).map(({ atMs }) => atMs);
            const expected = due.sort((a, b) => a - b).slice(0, next.limit);
            expect(taken.map(({ runId: id }) => model.instants.get(id)?.atMs)).toEqual(expected);
            for (const { runId: id, shard } of taken) {
              expect(model.instants.get(id)?.shard).toBe(shard);
              model.instants.delete(id);
            }
          }
          expect(wakeUps.nextAtMs).toBe(model.nextAtMs);
          expect(wakeUps.size).toBe(model.instants.size);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not grow with how often an instant moves', () => {
    const wakeUps = new WakeUps();
    for (let i = 0; i < 10_000; i++) wakeUps.set(idOf(i % 10), shardOf(i % 10), 1_000 + i);
    expect((wakeUps as unknown as { heap: unknown[] }).heap.length).toBeLessThanOrEqual(65);
    for (let i = 0; i < 10; i++) wakeUps.set(idOf(i), shardOf(i), undefined);
    expect(wakeUps.nextAtMs).toBeUndefined();
    expect((wakeUps as unknown as { heap: unknown[] }).heap).toEqual([]);
  });
});
