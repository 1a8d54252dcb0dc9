import { describe, expect, it } from '@jest/globals';
import { type AuditPage, type AuditQuery, type RunId, runId, shardId, wakeCause } from '../../index.js';
import { PromiseSearch } from './promise-search.js';

const shards = [shardId(1)];
const run = (id: string, wakeCauses: number = wakeCause.promise) => ({ runId: runId(id), shard: shardId(1), wakeCauses });

/** Finds on the given pages, one after the other. */
function searching(...pages: readonly AuditPage[]) {
  const queries: AuditQuery[] = [];
  const read = async (query: AuditQuery) => {
    queries.push(query);
    return pages[queries.length - 1] as AuditPage;
  };
  const search = new PromiseSearch({ readRunsToAudit: read }, { now: () => 1_000, at: () => () => {} }, () => shards);
  const found = async () => {
    const ids: (RunId | undefined)[] = [];
    while (search.isUnderWay) ids.push((await search.next())?.runId);
    return ids;
  };
  return { search, queries, found };
}

describe('the search for runs whose code awaits a promise', () => {
  it('reads nothing before there is a reason', async () => {
    const { search, queries } = searching();
    expect(await search.next()).toBeUndefined();
    expect(search.isUnderWay).toBe(false);
    expect(queries).toEqual([]);
  });

  it('gives them one at a time, page by page, and passes over those that wait for nothing', async () => {
    const { search, queries, found } = searching(
      { runs: [run('a'), run('b', 0), run('c')], after: runId('c') },
      { runs: [], after: runId('d') },
      { runs: [run('e')], after: undefined },
    );
    search.begin();
    expect(await found()).toEqual(['a', 'c', undefined, 'e']);
    expect(queries.map(({ afterRunId }) => afterRunId)).toEqual([undefined, 'c', 'd']);
    expect(queries[0]).toMatchObject({ shards, causes: wakeCause.promise });
  });

  it('begins once more at its end when there were reasons meanwhile', async () => {
    const { search, queries, found } = searching(
      { runs: [run('a')], after: runId('a') },
      { runs: [run('b')], after: undefined },
      { runs: [run('a')], after: undefined },
    );
    search.begin();
    await search.next();
    for (let i = 0; i < 5; i++) search.begin();
    expect(await found()).toEqual(['b', 'a']);
    expect(queries).toHaveLength(3);
  });
});
