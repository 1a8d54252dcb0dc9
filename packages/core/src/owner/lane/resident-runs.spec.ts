import { describe, expect, it } from '@jest/globals';
import { type RunId, runId, shardId } from '../../index.js';
import type { Run } from '../../run/run.js';
import { ResidentRuns } from './resident-runs.js';

const run = (name: string, more: { sizeBytes?: number; largeBytes?: number; hasSteps?: boolean; shard?: number } = {}) => {
  const { sizeBytes = 1, largeBytes = 0, hasSteps = false, shard = 1 } = more;
  return { runId: runId(name), shard: { id: shardId(shard) }, sizeBytes, largeBytes, hasSteps, drop() {} } as unknown as Run;
};
const names = (runs: ResidentRuns): readonly RunId[] => [...runs].map(({ runId: id }) => id);

describe('ResidentRuns', () => {
  it('drops those first that were not used for the longest time', () => {
    const runs = new ResidentRuns({ runs: 2, bytes: 1_000 });
    const [a, b, c] = [run('a'), run('b'), run('c')];
    for (const one of [a, b, c, a]) runs.use(one);
    runs.evict(() => {});
    expect(names(runs)).toEqual(['c', 'a']);
    expect(runs.get(b.runId)).toBeUndefined();
  });

  it('drops by what they take, as measured at their last use', () => {
    const runs = new ResidentRuns({ runs: 10, bytes: 100 });
    const growing = run('a', { sizeBytes: 60 });
    runs.use(growing);
    runs.use(run('b', { sizeBytes: 30 }));
    runs.evict(() => {});
    expect(runs.size).toBe(2);
    Object.assign(growing, { sizeBytes: 80 });
    runs.use(growing);
    runs.evict(() => {});
    expect(names(runs)).toEqual(['a']);
    Object.assign(growing, { sizeBytes: 101 });
    runs.use(growing);
    runs.evict(() => {});
    expect(runs.size).toBe(0);
    runs.use(run('c', { sizeBytes: 100 }));
    runs.evict(() => {});
    expect(runs.size).toBe(1);
  });

  it('keeps runs that have steps in flight', () => {
    const runs = new ResidentRuns({ runs: 1, bytes: 1_000 });
    for (const one of [run('a', { hasSteps: true }), run('b'), run('c', { hasSteps: true })]) runs.use(one);
    runs.evict(() => {});
    expect(names(runs)).toEqual(['a', 'c']);
  });

  it('makes room for large payloads among the runs that have some, and keeps the last of them whatever it has', () => {
    const runs = new ResidentRuns({ runs: 10, bytes: 1_000 });
    const mebi = 1024 * 1024;
    for (const one of [run('small'), run('a', { largeBytes: 40 * mebi }), run('b', { largeBytes: 20 * mebi })]) runs.use(one);
    runs.evict(() => {});
    expect(runs.size).toBe(3);
    runs.use(run('c', { largeBytes: 10 * mebi }));
    runs.evict(() => {});
    expect(names(runs)).toEqual(['small', 'b', 'c']);
    runs.use(run('d', { largeBytes: 900 * mebi }));
    runs.evict(() => {});
    expect(names(runs)).toEqual(['small', 'd']);
    runs.drop(runId('d'));
    runs.use(run('e', { largeBytes: 64 * mebi }));
    runs.evict(() => {});
    expect(names(runs)).toEqual(['small', 'e']);
  });

  it('drops the runs of a shard, and forgets what they took', () => {
    const runs = new ResidentRuns({ runs: 10, bytes: 100 });
    const dropped: string[] = [];
    const lost = Object.assign(run('a', { sizeBytes: 90, shard: 2 }), { drop: () => dropped.push('a') });
    runs.use(lost);
    runs.use(run('b', { sizeBytes: 90 }));
    runs.dropShard(shardId(2));
    runs.evict(() => {});
    expect(names(runs)).toEqual(['b']);
    expect(dropped).toEqual(['a']);
    runs.drop(runId('unknown'));
    expect(runs.size).toBe(1);
  });
});
