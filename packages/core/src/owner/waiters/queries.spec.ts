import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../../test/owner-world.js';
import {
  type AnyWorkflowDefinition,
  encodePayload,
  type Payload,
  type QueryDefinition,
  type RunAnsweredMessage,
  type RunId,
  type Shard,
  type ShardOwner,
} from '../../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

const progress: QueryDefinition<unknown, unknown> = { kind: 'query', name: 'progress' };

async function running(run: AnyWorkflowDefinition['run'], options: ConstructorParameters<typeof OwnerWorld>[1] = {}) {
  world = new OwnerWorld([{ name: 'work', run }], options);
  return world.running('work');
}

async function ask(owner: ShardOwner, runId: RunId, name = 'progress', input?: unknown): Promise<readonly RunAnsweredMessage[]> {
  world.messages = world.messages.filter(({ kind }) => kind !== 'run-answered');
  const [to] = world.shards as [Shard];
  const payload = encodePayload(input);
  const replyTo = { partition: 0, correlationId: 'q' };
  world.deliver(owner, { kind: 'query-requested', to, runId, name, replyTo, ...(payload !== undefined && { input: payload }) });
  await owner.settled();
  return world.messages.filter((message) => message.kind === 'run-answered');
}

const request = async (
  owner: ShardOwner,
  shard: Shard,
  runId: RunId,
  request: { kind: 'terminate' } | { kind: 'signal'; name: string },
) => {
  const [outcome] = await world.log.intake.request([{ namespace: 'default', workflowId: runId, request }]);
  if (outcome?.outcome !== 'accepted') throw new Error(`not accepted: ${outcome?.outcome}`);
  world.deliver(owner, { kind: 'request-accepted', to: shard, runId, n: outcome.request.n, request: outcome.request });
  await owner.settled();
};

/** Counts the signals `go`, and ends with the third. */
const counting: AnyWorkflowDefinition['run'] = async (ctx) => {
  let done = 0;
  ctx.onQuery(progress, (of) => ({ done, of }));
  for (; done < 3; done++) await ctx.waitForSignal('go');
  return 'end';
};

describe('a query', () => {
  it('is answered by the code, and leaves no trace', async () => {
    const { owner, shard, runId } = await running(counting);
    await request(owner, shard, runId, { kind: 'signal', name: 'go' });
    const before = await world.history(runId);
    expect(await ask(owner, runId, 'progress', 3)).toMatchObject([
      { to: { correlationId: 'q' }, outcome: 'completed', result: '{"done":1,"of":3}' },
    ]);
    expect(await world.history(runId)).toEqual(before);
  });

  it('brings a run back that is not in memory', async () => {
    const { owner, shard, runId } = await running(counting, { residentRuns: 1 });
    await request(owner, shard, runId, { kind: 'signal', name: 'go' });
    world.deliver(owner, await world.insertRun('work', shard));
    await owner.settled();
    expect(await ask(owner, runId)).toMatchObject([{ result: '{"done":1}' }]);
  });

  it('is answered by a run that has closed', async () => {
    const { owner, shard, runId } = await running(counting);
    for (let i = 0; i < 3; i++) await request(owner, shard, runId, { kind: 'signal', name: 'go' });
    expect((await world.typesOf(runId)).at(-1)).toBe('WorkflowCompleted');
    expect(await ask(owner, runId)).toMatchObject([{ result: '{"done":3}' }]);
    expect(owner.residentRuns).toBe(0);
    expect(owner.counts.closedRun).toBe(0);
  });

  it('is answered by a run that was terminated, as far as it got', async () => {
    const { owner, shard, runId } = await running(counting);
    await request(owner, shard, runId, { kind: 'signal', name: 'go' });
    await request(owner, shard, runId, { kind: 'terminate' });
    expect(await ask(owner, runId)).toMatchObject([{ result: '{"done":1}' }]);
  });

  it('is answered by a run that is suspended, as far as it got', async () => {
    const { owner, shard, runId } = await running(async (ctx) => {
      ctx.onQuery(progress, () => 'here');
      await ctx.activity('a');
      await ctx.waitForSignal('go');
      await new Promise((resolve) => setImmediate(resolve));
    });
    world.completeActivities(owner, 1);
    await request(owner, shard, runId, { kind: 'signal', name: 'go' });
    expect((await world.typesOf(runId)).at(-1)).toBe('WorkflowSuspended');
    expect(await ask(owner, runId)).toMatchObject([{ outcome: 'completed', result: '"here"' }]);
    expect((await world.typesOf(runId)).at(-1)).toBe('WorkflowSuspended');
  });

  it('tells why there is no code to ask', async () => {
    const { owner, runId } = await running(async () => new Promise(() => {}));
    const reason = expect.stringContaining('it is suspended, and nothing that its code did is recorded: the code awaits something');
    expect(await ask(owner, runId)).toMatchObject([{ outcome: 'unanswerable', reason }]);
  });

  it('tells which handlers there are when it has none', async () => {
    const { owner, runId } = await running(counting);
    expect(await ask(owner, runId, 'other')).toMatchObject([{ outcome: 'unknown', names: ['progress'] }]);
  });

  it('fails with what its handler throws, and the run goes on', async () => {
    const { owner, runId } = await running(async (ctx) => {
      ctx.onQuery(progress, () => {
        throw new RangeError('no such line');
      });
      await ctx.waitForSignal('go');
    });
    expect(await ask(owner, runId)).toMatchObject([{ outcome: 'failed', failure: { type: 'RangeError', message: 'no such line' } }]);
    expect(await world.typesOf(runId)).toEqual(['WorkflowStarted']);
  });

  it('is not told by an owner that has lost the shard', async () => {
    const { owner, runId } = await running(counting);
    const other = await world.createOwner('b');
    await other.gain(world.shards);
    expect(await ask(owner, runId)).toEqual([]);
  });
});

describe('a query whose handler does more than look', () => {
  it.each<[string, (ctx: Parameters<AnyWorkflowDefinition['run']>[0]) => unknown, string]>([
    ['calls an activity', (ctx) => void ctx.activity('a'), 'ctx.activity("a") was called'],
    ['begins a step', (ctx) => void ctx.run('s', () => 1), 'ctx.run("s") was called'],
    ['waits for a signal', (ctx) => void ctx.waitForSignal('go'), 'ctx.waitForSignal("go") was called'],
    ['registers a handler', (ctx) => ctx.onQuery({ kind: 'query', name: 'other' }, () => 1), 'ctx.onQuery("other") was called'],
    ['draws a random number', (ctx) => ctx.random(), 'ctx.random() was called'],
    ['ends the run', (ctx) => void ctx.continueAsNew(), 'ctx.continueAsNew() was called'],
    ['returns a promise', async () => 1, 'it returned a promise'],
    ['swallows the refusal', (ctx) => swallow(() => ctx.sleep(1)), 'ctx.sleep(1) was called'],
    ['goes on later', async (ctx) => Promise.resolve().then(() => ctx.sleep(1)), 'it returned a promise'],
  ])('fails and changes nothing: it %s', async (_, handler, act) => {
    const { owner, shard, runId } = await running(async (ctx) => {
      let looks = 0;
      ctx.onQuery(progress, () => {
        looks++;
        return handler(ctx);
      });
      ctx.onQuery({ kind: 'query', name: 'looks' }, () => looks);
      await ctx.waitForSignal('go');
      return [ctx.random()];
    });
    const message = `query "progress" may only look at its run, at once: ${act}`;
    expect(await ask(owner, runId)).toMatchObject([{ outcome: 'failed', failure: { type: 'ReadOnlyHandlerError', message } }]);
    expect(await ask(owner, runId, 'looks')).toMatchObject([{ result: '0' as Payload }]);
    await request(owner, shard, runId, { kind: 'signal', name: 'go' });
    expect(await world.typesOf(runId)).toEqual(['WorkflowStarted', 'SignalReceived', 'WorkflowCompleted']);
  });

  it('leaves steps under way alone', async () => {
    let end = (_: string) => {};
    let begun = 0;
    const { owner, runId } = await running(async (ctx) => {
      ctx.onQuery(progress, async () => 1);
      return ctx.run('s', () => {
        begun++;
        return new Promise<string>((resolve) => {
          end = resolve;
        });
      });
    });
    await ask(owner, runId);
    end('result');
    await new Promise((resolve) => setImmediate(resolve));
    await owner.settled();
    expect([begun, (await world.history(runId)).at(-1)?.payload]).toEqual([1, '"result"']);
  });
});

function swallow(call: () => unknown): string {
  try {
    call();
  } catch {
    // as authors do
  }
  return 'nothing happened';
}
