import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import type { RunId, Shard, WorkflowContext } from '../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

async function ownerOf(run: (ctx: WorkflowContext) => Promise<unknown>) {
  world = new OwnerWorld([{ name: 'work', run }]);
  const owner = await world.createOwner('a');
  await owner.gain(world.shards);
  const started = await world.insertRun('work', world.shards[0] as Shard);
  world.deliver(owner, started);
  await owner.settled();
  const resume = async (runId: RunId) => {
    const request = { kind: 'resume' } as const;
    const [outcome] = await world.log.intake.request([{ namespace: 'default', workflowId: runId, request }]);
    if (outcome?.outcome !== 'accepted') throw new Error('not accepted');
    world.deliver(owner, { kind: 'request-accepted', to: started.to, runId, n: outcome.request.n, request: outcome.request });
  };
  return { owner, runId: started.runId, resume };
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('a step in place', () => {
  it('whose result comes while its run is suspended is not performed again', async () => {
    const gate = Promise.withResolvers<void>();
    let performed = 0;
    let isMended = false;
    const { owner, runId, resume } = await ownerOf(async (ctx) => {
      const step = ctx.run('step', async () => {
        performed++;
        await gate.promise;
        return 'result';
      });
      if (!isMended) tick().then(() => ctx.random());
      return step;
    });
    await tick();
    await owner.settled();
    expect(await world.typesOf(runId)).toEqual(['WorkflowStarted', 'WorkflowSuspended']);
    gate.resolve();
    await tick();
    await owner.settled();

    isMended = true;
    await resume(runId);
    await owner.settled();
    await owner.settled();
    expect((await world.history(runId)).at(-1)).toMatchObject({ type: 'WorkflowCompleted', payload: '"result"' });
    expect(performed).toBe(1);
  });

  it('is a failure when its result has no JSON form, or it throws at once', async () => {
    const { runId } = await ownerOf((ctx) =>
      Promise.allSettled([
        ctx.run('function', () => () => 1),
        ctx.run('throws', () => {
          throw Object.assign(new Error('no'), { name: 'Refused' });
        }),
      ]).then((outcomes) => outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.failure.type)),
    );
    expect((await world.history(runId)).at(-1)).toMatchObject({ type: 'WorkflowCompleted', payload: '["PayloadError","Refused"]' });
  });
});
