import { describe, expect, it } from '@jest/globals';
import { runId, shardId } from '../../index.js';
import { RowLag } from './row-lag.js';

const [a, b] = [runId('a'), runId('b')];
const [one, two] = [shardId(1), shardId(2)];

describe('RowLag', () => {
  it('lets a row lag behind for a second, from when it was noted first', () => {
    const lag = new RowLag();
    lag.note(a, one, 0);
    lag.note(b, two, 500);
    lag.note(a, one, 900);
    expect(lag.nextAtMs).toBe(1_000);
    expect(lag.takeDue(999)).toEqual([]);
    expect(lag.takeDue(1_000)).toEqual([{ runId: a, shard: one }]);
    expect(lag.nextAtMs).toBe(1_500);
    expect(lag.takeDue(9_000)).toEqual([{ runId: b, shard: two }]);
    expect([lag.nextAtMs, lag.size]).toEqual([undefined, 0]);
  });

  it('forgets rows that have caught up, and shards that are lost', () => {
    const lag = new RowLag();
    lag.note(a, one, 0);
    lag.note(b, two, 0);
    lag.caughtUp(a);
    expect(lag.size).toBe(1);
    lag.forgetShard(two);
    expect(lag.takeDue(9_000)).toEqual([]);
  });
});
