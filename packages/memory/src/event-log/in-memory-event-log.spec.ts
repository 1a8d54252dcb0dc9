import { describe, expect, it } from '@jest/globals';
import { CommitOutcomeUnknownError, type OwnedShard, type RunAdvance, type RunStart, runId, StoreUnavailableError } from '@marathon/core';
import { ManualClock } from '../manual-clock.js';
import { InMemoryEventLog } from './in-memory-event-log.js';

const id = runId('01980000-0000-7000-8000-000000000001');
const source = 'process';

/** A log with one run in one shard that is owned. */
async function logWithRun() {
  const clock = new ManualClock(1_000);
  const log = new InMemoryEventLog({ clock });
  const shards = await log.definitions.register({ taskQueue: 'q', partitions: 1, build: 'b', workflows: [{ name: 'w' }] });
  const owned = await log.runStore.gainShards(shards, 'owner');
  await log.intake.start(source, [startOf(owned[0] as OwnedShard)]);
  return { clock, log, owned };
}

function startOf(shard: OwnedShard, workflowId = 'one', newId = id): RunStart {
  const started = { seq: 1, type: 'WorkflowStarted', at: 1_000, data: { workflow: 'w', workflowId, taskQueue: 'q' } } as const;
  return { namespace: 'default', runId: newId, shard: shard.id, started, wakesAtMs: undefined };
}

function advanceOf(shard: OwnedShard, seqs: readonly number[]): RunAdvance {
  return {
    runId: id,
    shard: shard.id,
    expectedSeq: 1,
    events: seqs.map((seq) => ({ seq, type: 'TimerStarted', at: 1_000, data: { firesAtMs: 2_000, durationMs: 1_000 } })),
    status: 'Running',
    wakesAtMs: 2_000,
    wakeCauses: 8,
    awaitedSignals: [],
    taken: 0,
  };
}

describe('InMemoryEventLog', () => {
  it.each([
    ['unavailable', StoreUnavailableError, 1],
    ['lost-before', CommitOutcomeUnknownError, 1],
    ['lost-after', CommitOutcomeUnknownError, 2],
  ] as const)('fails the next commit as planned, and that one alone: %s', async (fault, error, lastSeq) => {
    const { log, owned } = await logWithRun();
    const batch = { source, shards: owned, advances: [advanceOf(owned[0] as OwnedShard, [2])], published: [] };
    log.failNext('commit', fault);

    await expect(log.runStore.commit(batch)).rejects.toBeInstanceOf(error);

    expect(await log.runStore.loadRuns([id])).toMatchObject({ runs: [{ lastSeq }] });
    expect((await log.runStore.commit(batch)).advanced.has(id)).toBe(lastSeq === 1);
  });

  it('fails starts and requests as planned, each as often as it was planned', async () => {
    const { log, owned } = await logWithRun();
    const start = () => log.intake.start(source, [startOf(owned[0] as OwnedShard, 'two', runId('01980000-0000-7000-8000-000000000002'))]);
    const request = () => log.intake.request([{ namespace: 'default', workflowId: 'one', request: { kind: 'resume' } }]);
    log.failNext('start', 'unavailable');
    log.failNext('start', 'lost-after');
    log.failNext('request', 'lost-after');

    await expect(start()).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await log.reader.find('default', 'two')).toBeUndefined();
    await expect(start()).rejects.toBeInstanceOf(CommitOutcomeUnknownError);
    expect(await log.reader.find('default', 'two')).toBeDefined();
    await expect(request()).rejects.toBeInstanceOf(CommitOutcomeUnknownError);
    expect(await request()).toMatchObject([{ outcome: 'accepted', request: { n: 2 } }]);
  });

  it('names an advance that would leave a gap, and commits nothing of its batch (L4)', async () => {
    const { log, owned } = await logWithRun();
    const batch = { source, shards: owned, advances: [advanceOf(owned[0] as OwnedShard, [2, 4])], published: [] };

    await expect(log.runStore.commit(batch)).rejects.toThrow(RangeError);

    expect(await log.runStore.loadRuns([id])).toMatchObject({ runs: [{ lastSeq: 1 }] });
  });

  it('tells ages by the clock it was given', async () => {
    const { clock, log, owned } = await logWithRun();
    const shards = owned.map((shard) => shard.id);
    await log.intake.request([{ namespace: 'default', workflowId: 'one', request: { kind: 'resume' } }]);
    const claim = () => log.outbox.claimEntries({ olderThanMs: 500, claimForMs: 1_000, limit: 10 });
    expect([await log.runStore.readWaitingRequests(shards, 500, 10), await claim()]).toEqual([[], []]);

    clock.advanceBy(500);
    expect(await log.runStore.readWaitingRequests(shards, 500, 10)).toHaveLength(1);
    expect(await claim()).toHaveLength(1);

    clock.advanceBy(999);
    expect(await claim()).toHaveLength(0);
    clock.advanceBy(1);
    expect(await claim()).toHaveLength(1);
  });

  it('gives back what was recorded, not what the caller holds', async () => {
    const { log, owned } = await logWithRun();
    const advance = advanceOf(owned[0] as OwnedShard, [2]);
    await log.runStore.commit({ source, shards: owned, advances: [advance], published: [] });

    const first = (await log.runStore.loadRuns([id])).runs[0];
    const second = (await log.runStore.loadRuns([id])).runs[0];

    expect(first?.history[1]).toEqual(advance.events[0]);
    expect(first?.history[1]).not.toBe(advance.events[0]);
    expect(first?.history[1]).not.toBe(second?.history[1]);
  });
});
