import { expect, it } from '@jest/globals';
import { type AuditedRun, type RunId, type ShardId, wakeCause } from '@marathon/core';
import { advance, completion, type OpenRun, signalReceived, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

const secondMs = 1_000;
const minuteMs = 60_000;

/** A bound may lie before the earliest deadline, so the tests ask for what must be found, and only after a correction for what must not. */
export function describeWakeUps(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  it('finds a run no later than its earliest deadline', async () => {
    const deadline = Date.now() + 5 * minuteMs;
    const run = await fixture().startRun();

    await fixture().commit(advance(run, { wakesAtMs: deadline }));

    expect(await idsUntil(deadline)).toEqual([run.runId]);
  });

  it('finds a started run no later than its start says', async () => {
    const deadline = Date.now() + 5 * minuteMs;
    const run = await fixture().startRun({ wakesAtMs: deadline });

    expect(await idsUntil(deadline)).toEqual([run.runId]);
  });

  it('moves the bound when a deadline becomes earlier, and finds the run still when it becomes later', async () => {
    const now = Date.now();
    const run = await fixture().startRun();

    await fixture().commit(advance(run, { wakesAtMs: now + 50 * secondMs }));
    expect(await idsUntil(now + 50 * secondMs)).toEqual([run.runId]);

    await fixture().commit(advance(run, { expectedSeq: 2, wakesAtMs: now + 20 * secondMs }));
    expect(await idsUntil(now + 20 * secondMs)).toEqual([run.runId]);

    await fixture().commit(advance(run, { expectedSeq: 3, wakesAtMs: now + 30 * secondMs }));
    expect(await idsUntil(now + 30 * secondMs)).toEqual([run.runId]);
  });

  it('takes the new deadline when the bound has passed', async () => {
    const now = Date.now();
    const run = await fixture().startRun({ wakesAtMs: now - minuteMs });

    await fixture().commit(advance(run, { wakesAtMs: now + 5 * minuteMs }));

    expect(await idsUntil(now)).toEqual([]);
    expect(await idsUntil(now + 5 * minuteMs)).toEqual([run.runId]);
  });

  it('does not find closed runs', async () => {
    const run = await fixture().startRun({ wakesAtMs: Date.now() - minuteMs });

    await fixture().commit(completion(run));

    expect(await idsUntil(Date.now() + minuteMs)).toEqual([]);
  });

  it('reads its shards alone, earliest first, up to the limit', async () => {
    const now = Date.now();
    const [first, second] = fixture().shards;
    const late = await fixture().startRun({ shardIndex: 0, wakesAtMs: now - 1 * minuteMs });
    const early = await fixture().startRun({ shardIndex: 1, wakesAtMs: now - 3 * minuteMs });
    const middle = await fixture().startRun({ shardIndex: 0, wakesAtMs: now - 2 * minuteMs });
    const read = (shards: readonly ShardId[], limit: number) => fixture().store.readWakeUps(shards, now, limit);

    expect(await read([first.id, second.id], 10)).toEqual([
      { runId: early.runId, shard: second.id, atMs: now - 3 * minuteMs },
      { runId: middle.runId, shard: first.id, atMs: now - 2 * minuteMs },
      { runId: late.runId, shard: first.id, atMs: now - 1 * minuteMs },
    ]);
    expect((await read([first.id, second.id], 2)).map(({ runId }) => runId)).toEqual([early.runId, middle.runId]);
    expect((await read([first.id], 10)).map(({ runId }) => runId)).toEqual([middle.runId, late.runId]);
    expect(await read([], 10)).toEqual([]);
  });

  it('corrects the bounds of idle runs to what their owner knows', async () => {
    const now = Date.now();
    const [later, none] = await fixture().startRuns(2, { wakesAtMs: now - minuteMs });

    await correct([later!, 1, now + 5 * minuteMs], [none!, 1, undefined]);

    expect(await idsUntil(now + 4 * minuteMs)).toEqual([]);
    expect(await idsUntil(now + 60 * minuteMs)).toEqual([later!.runId]);
  });

  it('does not correct a run that went on, or is another owner’s by now (L2)', async () => {
    const now = Date.now();
    const moved = await fixture().startRun({ shardIndex: 1, wakesAtMs: now - minuteMs });
    const lost = await fixture().startRun({ shardIndex: 0, wakesAtMs: now - minuteMs });
    await fixture().commit(advance(moved, { wakesAtMs: now + minuteMs }));
    await fixture().world.openRunStore().gainShards([fixture().shards[0]], 'owner-2');

    await correct([moved, 1, undefined], [lost, 1, undefined]);

    expect(new Set(await idsUntil(now + minuteMs))).toEqual(new Set([moved.runId, lost.runId]));
  });

  it('reads the open runs that wait for one of the causes, page by page in the order of their ids', async () => {
    const [fresh, activity, both, timer, closed] = await fixture().startRuns(5);
    const elsewhere = await fixture().startRun({ shardIndex: 1 });
    await fixture().commit(
      advance(activity!, { wakeCauses: wakeCause.activity }),
      advance(both!, { wakeCauses: wakeCause.activity | wakeCause.timer }),
      advance(timer!, { wakeCauses: wakeCause.timer }),
      completion(closed!, { wakeCauses: wakeCause.activity }),
      advance(elsewhere, { wakeCauses: wakeCause.activity, events: [signalReceived(2, 1)] }),
    );
    const read = async (causes: number, after: RunId | undefined, limit: number) => {
      const runs = await fixture().store.readRunsWaitingFor([fixture().shards[0].id], causes, after, limit);
      for (const { shard } of runs) expect(shard).toBe(fixture().shards[0].id);
      return runs.map(({ runId }) => runId);
    };

    expect(await read(wakeCause.activity, undefined, 10)).toEqual([activity!.runId, both!.runId]);
    expect(await read(wakeCause.activity, undefined, 1)).toEqual([activity!.runId]);
    expect(await read(wakeCause.activity, activity!.runId, 10)).toEqual([both!.runId]);
    expect(await read(wakeCause.start | wakeCause.timer, undefined, 10)).toEqual([fresh!.runId, both!.runId, timer!.runId]);
    expect(await read(wakeCause.deployment, undefined, 10)).toEqual([]);
  });

  it('reads the open runs that wait for one of the causes or for nothing, page by page, but no young ones', async () => {
    const [fresh, activity, none, timer, closed] = await fixture().startRuns(5);
    await fixture().commit(
      advance(activity!, { wakeCauses: wakeCause.activity | wakeCause.timer }),
      advance(none!, { wakeCauses: 0 }),
      advance(timer!, { wakeCauses: wakeCause.timer }),
      completion(closed!),
    );
    const [shard] = fixture().shards;
    const causes = wakeCause.start | wakeCause.activity;
    const later = Date.now() + minuteMs;
    const pages = async (shards: readonly ShardId[], startedBeforeMs: number, limit: number) => {
      const read: (readonly AuditedRun[])[] = [];
      let afterRunId: RunId | undefined;
      do {
        const page = await fixture().store.readRunsToAudit({ shards, causes, startedBeforeMs, afterRunId, limit });
        read.push(page.runs);
        afterRunId = page.after;
      } while (afterRunId !== undefined);
      return read;
    };
    const expected = [
      { runId: fresh!.runId, shard: shard.id, wakeCauses: wakeCause.start },
      { runId: activity!.runId, shard: shard.id, wakeCauses: wakeCause.activity | wakeCause.timer },
      { runId: none!.runId, shard: shard.id, wakeCauses: 0 },
    ];

    expect((await pages([shard.id], later, 10)).flat()).toEqual(expected);
    for (const limit of [1, 2, 3]) {
      const read = await pages([shard.id], later, limit);
      expect(read.flat()).toEqual(expected);
      expect(Math.max(...read.map(({ length }) => length))).toBeLessThanOrEqual(limit);
    }
    expect((await pages([shard.id], Date.now() - minuteMs, 10)).flat()).toEqual([]);
    expect((await pages([fixture().shards[1].id], later, 10)).flat()).toEqual([]);
  });

  async function idsUntil(untilMs: number): Promise<readonly RunId[]> {
    const shards = fixture().shards.map(({ id }) => id);
    return (await fixture().store.readWakeUps(shards, untilMs, 100)).map(({ runId }) => runId);
  }

  async function correct(...wakeUps: readonly (readonly [OpenRun, number, number | undefined])[]): Promise<void> {
    await fixture().store.correctWakeUps(
      fixture().shards,
      wakeUps.map(([{ runId, shard }, lastSeq, atMs]) => ({ runId, shard: shard.id, lastSeq, atMs })),
    );
  }
}
