import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../../test/owner-world.js';
import { type RunStore, type Shard, type ShardOwner, type TaskMessage, type WorkflowContext, wakeCause } from '../../index.js';

const resendAfterMs = 8_000;
let world: OwnerWorld;
let owner: ShardOwner;
let shard: Shard;
afterEach(() => world.stop());

async function ownerOf(run: (ctx: WorkflowContext) => Promise<unknown>, residentRuns = 1_000) {
  world = new OwnerWorld([{ name: 'work', run }], { losesMessages: false, resendAfterMs, residentRuns });
  owner = await world.createOwner('a');
  await owner.start();
  await owner.gain(world.shards);
  shard = world.shards[0] as Shard;
}

/** Starts runs; tells the owner of it, unless that is lost. */
async function start(count = 1, isLost = false) {
  const started: Awaited<ReturnType<OwnerWorld['insertRun']>>[] = [];
  for (let i = 0; i < count; i++) started.push(await world.insertRun('work', shard));
  if (!isLost) for (const message of started) world.deliver(owner, message);
  await owner.settled();
  return started.map(({ runId }) => runId);
}

async function pass(ms: number): Promise<void> {
  const endMs = world.clock.now() + ms;
  while (world.clock.now() < endMs) {
    world.clock.advanceTo(Math.min(endMs, Math.max(world.clock.nextAtMs ?? endMs, world.clock.now())));
    await new Promise((resolve) => setImmediate(resolve));
    await owner.settled();
  }
}

/** The tasks that were told since the last call. */
function tasks(): readonly TaskMessage[] {
  const told = world.messages;
  world.messages = [];
  return told.filter((message) => message.kind === 'activity-task');
}

const act = (ctx: WorkflowContext) => ctx.activity('act');

describe('an attempt that no worker announces', () => {
  it('is offered again after a while, marked, and each time twice as late', async () => {
    await ownerOf(act);
    await start();
    const [first] = tasks();
    const resentAtMs: number[] = [];
    for (let s = 0; s < 130; s++) {
      await pass(1_000);
      for (const task of tasks()) {
        expect(task).toEqual({ ...first, redelivered: true });
        resentAtMs.push(s);
      }
    }
    expect(resentAtMs).toHaveLength(4);
    const gaps = resentAtMs.map((at, i) => at - (resentAtMs[i - 1] ?? 0));
    for (const [i, least] of [7, 16, 32, 64].entries()) expect(gaps[i]).toBeGreaterThanOrEqual(least);
    expect(owner.counts.resentTask).toBe(4);
  });

  it('is not when a worker has announced it, it waits for its next time, or it is over', async () => {
    await ownerOf((ctx) => ctx.activity('act', undefined, { retry: { initialInterval: '60s' }, heartbeatTimeout: '1h' }));
    await start(3);
    const [announced, failed, over] = tasks() as [TaskMessage, TaskMessage, TaskMessage];
    const refOf = ({ runId, activitySeq, attempt }: TaskMessage) => ({ to: shard, runId, activitySeq, attempt });
    world.deliver(owner, { kind: 'activity-announced', worker: 'w', ...refOf(announced) });
    const failure = { type: 'Error', message: 'no' };
    world.deliver(owner, { kind: 'activity-finished', ...refOf(failed), outcome: 'failed', failure });
    world.deliver(owner, { kind: 'activity-finished', ...refOf(over), outcome: 'completed' });
    for (let s = 0; s < 25; s++) {
      const { runId, activitySeq, attempt } = announced;
      world.deliver(owner, { kind: 'leases-renewed', to: shard, worker: 'w', leases: [{ runId, activitySeq, attempt }] });
      await pass(2_000);
    }
    expect(tasks()).toEqual([]);
    expect(owner.counts.resentTask).toBe(0);
  });

  it('is found though its run is not in memory', async () => {
    await ownerOf(act, 1);
    await start(300);
    expect(tasks()).toHaveLength(300);
    await pass(14_000);
    expect(new Set(tasks().map(({ runId }) => runId)).size).toBe(300);
    expect(owner.residentRuns).toBe(1);
  });

  it('is not offered again while its result may lie unread', async () => {
    await ownerOf(act);
    await start();
    tasks();
    world.caughtUpToMs = world.clock.now();
    await pass(30_000);
    expect(tasks()).toEqual([]);
    world.caughtUpToMs = undefined;
    await pass(4_000);
    expect(tasks()).toHaveLength(1);
  });
});

describe('a run that nobody is at', () => {
  it('is started though it was never told that it was', async () => {
    await ownerOf(act);
    const [id] = await start(1, true);
    await pass(8_000);
    const offered = tasks();
    expect(offered).toMatchObject([{ runId: id }]);
    expect(offered[0]).not.toHaveProperty('redelivered');
    expect(owner.counts).toMatchObject({ wokenRun: 1, stuckRun: 0 });
  });

  it('is repaired when it waits for something that its row does not say', async () => {
    await ownerOf((ctx) => ctx.waitForSignal('go'));
    const [id] = await start();
    await pass(2_000);
    const record = recordOf(id as string);
    expect(record.wakeCauses).toBe(wakeCause.signal);
    record.wakeCauses = 0;
    const another = await world.createOwner('b');
    await another.gain(world.shards);
    owner = another;
    await another.start();
    await pass(20_000);
    expect(record.wakeCauses).toBe(wakeCause.signal);
    expect(world.errors).toEqual([]);
  });

  it('is reported when it waits for nothing still', async () => {
    await ownerOf((ctx) => ctx.waitForSignal('go'));
    const [id] = await start();
    await pass(2_000);
    recordOf(id as string).wakeCauses = 0;
    await pass(20_000);
    expect(world.errors).toContain('an open run waits for nothing: no history can move it');
    expect(owner.counts.stuckRun).toBeGreaterThan(0);
  });
});

it('reads a page now and then while runs sleep, and no history', async () => {
  await ownerOf((ctx) => ctx.sleep('10h'));
  await start(300);
  await pass(5_000);
  const calls: string[] = [];
  world.onCall = (name) => calls.push(name);
  await pass(60_000);
  expect(calls.filter((name) => name === 'loadRuns')).toEqual([]);
  const pages = calls.filter((name) => name === 'readRunsToAudit').length;
  expect(pages).toBeGreaterThan(10);
  expect(pages).toBeLessThanOrEqual(30);
});

function recordOf(id: string): { wakeCauses: number } {
  const { state } = world.log.runStore as RunStore & { state: { runs: Map<string, { wakeCauses: number }> } };
  return state.runs.get(id) as { wakeCauses: number };
}
