import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import type { Shard, StepAttempt, WorkflowContext } from '../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

async function ownerOf(run: (ctx: WorkflowContext) => Promise<unknown>) {
  world = new OwnerWorld([{ name: 'work', run }]);
  const owner = await world.createOwner('a');
  await owner.gain(world.shards);
  const started = await world.insertRun('work', world.shards[0] as Shard);
  world.deliver(owner, started);
  await owner.settled();
  const ask = async (request: { readonly kind: 'resume' | 'terminate' }) => {
    const [outcome] = await world.log.intake.request([{ namespace: 'default', workflowId: started.runId, request }]);
    if (outcome?.outcome !== 'accepted') throw new Error('not accepted');
    world.deliver(owner, {
      kind: 'request-accepted',
      to: started.to,
      runId: started.runId,
      n: outcome.request.n,
      request: outcome.request,
    });
  };
  return { owner, runId: started.runId, ask };
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('a step in place', () => {
  it('whose result comes while its run is suspended is not performed again', async () => {
    const gate = Promise.withResolvers<void>();
    let performed = 0;
    let isMended = false;
    const { owner, runId, ask } = await ownerOf(async (ctx) => {
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
    await ask({ kind: 'resume' });
    await owner.settled();
    await owner.settled();
    expect((await world.history(runId)).at(-1)).toMatchObject({ type: 'WorkflowCompleted', payload: '"result"' });
    expect(performed).toBe(1);
  });

  it.each(['its scope times out', 'its run is terminated'])('is told when %s, also when it looks only then', async (cause) => {
    const attempts: StepAttempt[] = [];
    const hanging = (attempt: StepAttempt) => {
      attempts.push(attempt);
      return new Promise(() => {});
    };
    const { owner, runId, ask } = await ownerOf((ctx) =>
      ctx
        .scope(() => Promise.all([ctx.run('looks', hanging), ctx.run('looks late', hanging)]), { timeout: '1m' })
        .catch(() => ctx.waitForSignal('go')),
    );
    const [looks, looksLate] = attempts as [StepAttempt, StepAttempt];
    const { signal } = looks;
    expect(signal.aborted).toBe(false);
    if (cause === 'its run is terminated') await ask({ kind: 'terminate' });
    else world.clock.advanceBy(60_000);
    await owner.settled();
    for (const { aborted, reason } of [signal, looksLate.signal]) expect([aborted, reason.name]).toEqual([true, 'StepAborted']);
    expect((await world.typesOf(runId)).at(-1)).toBe(cause === 'its run is terminated' ? 'WorkflowTerminated' : 'TimerFired');
  });

  it('that another owner has to begin again is told, and how it ends then does not count', async () => {
    const signals: AbortSignal[] = [];
    const { owner, runId } = await ownerOf((ctx) =>
      ctx.run('step', ({ signal }) => {
        signals.push(signal);
        if (signals.length > 1) return 'done';
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      }),
    );
    await owner.gain(world.shards);
    await owner.settled();
    await tick();
    await owner.settled();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect((await world.history(runId)).at(-1)).toMatchObject({ type: 'WorkflowCompleted', payload: '"done"' });
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
