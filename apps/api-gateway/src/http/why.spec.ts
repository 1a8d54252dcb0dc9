import { describe, expect, it } from '@jest/globals';
import { WhyAnswer, workflowTopic } from '@marathon/protocol';
import { GatewayWorld } from '../../test/gateway-world.js';

const why = async (world: GatewayWorld, path: string) => {
  const { status, body } = await world.request('GET', path);
  expect(status).toBe(200);
  return WhyAnswer.parse(body);
};

/** Somebody reads what goes to the owners of the queue's shards. */
const serve = async (world: GatewayWorld, taskQueue: string) => {
  const topic = workflowTopic(taskQueue);
  const callbacks = { onAssigned: async () => {}, onRevoked: async () => {}, onMessages: () => {} };
  await world.stream.subscribe({ group: topic, topics: [topic], ...callbacks }).start();
};

describe('GET /workflows/{workflowId}/why', () => {
  it('names what stands in the way, and then what the run waits for', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    await world.advance(runId, [['ActivityScheduled', { activity: 'charge' }]], { wakeCauses: 4 });
    const since = new Date(world.clock.now()).toISOString();
    expect(await why(world, '/workflows/o/why')).toMatchObject({
      workflowId: 'o',
      runId,
      workflow: 'order',
      status: 'Running',
      what: 'No orchestrator serves task queue "orders": nothing moves the run.',
      since,
      waits: [
        { kind: 'orchestrator', taskQueue: 'orders', orchestrators: 0, owner: 'test' },
        { kind: 'activity-queued', activity: 'charge', since, workers: 0 },
      ],
      notes: [],
    });
  });

  it('shows a signal that came under a name that nobody waits for', async () => {
    await using world = await GatewayWorld.open();
    await serve(world, 'orders');
    const { runId } = await world.order('o');
    await world.advance(runId, [['SignalReceived', { n: 1, name: 'aprove' }]], {
      awaitedSignals: ['approve'],
      codeWaits: { bufferedSignals: [{ name: 'aprove', count: 1 }] },
      wakeCauses: 16,
    });
    expect(await why(world, '/workflows/o/why')).toMatchObject({
      what: 'The code waits for the signal "approve".',
      waits: [{ kind: 'signal', names: ['approve'] }],
      notes: [{ kind: 'signals-nobody-waits-for', signals: [{ name: 'aprove', count: 1 }] }],
    });
  });

  it('shows a request that was accepted, and that no owner has taken', async () => {
    await using world = await GatewayWorld.open();
    await serve(world, 'orders');
    const { runId } = await world.order('o');
    await world.advance(runId, [['TimerStarted', { firesAtMs: world.clock.now() + 60_000, durationMs: 60_000 }]]);
    await world.request('POST', '/workflows/o/signals/go', 1);
    expect((await why(world, '/workflows/o/why')).waits[0]).toMatchObject({ kind: 'request', request: 'signal', name: 'go' });
    world.clock.advanceBy(5_000);
    expect((await why(world, '/workflows/o/why')).waits[0]).toMatchObject({ kind: 'orchestrator', orchestrators: 1 });
  });

  it('says how a closed run ended', async () => {
    await using world = await GatewayWorld.open();
    const first = await world.order('o');
    await world.advance(first.runId, [['WorkflowFailed', { failure: { type: 'Declined', message: 'no' } }]]);
    await world.order('o');
    expect(await why(world, `/workflows/o/why?runId=${first.runId}`)).toMatchObject({
      status: 'Failed',
      what: 'The run has failed: Declined: no.',
      waits: [],
    });
  });

  it('lists a hundred, and counts the rest', async () => {
    await using world = await GatewayWorld.open();
    await serve(world, 'orders');
    const { runId } = await world.order('o');
    await world.advance(
      runId,
      Array.from({ length: 130 }, () => ['ActivityScheduled', { activity: 'charge' }] as const),
    );
    const { waits, more } = await why(world, '/workflows/o/why');
    expect([waits.length, more]).toEqual([100, 30]);
  });

  it('refuses what it does not know', async () => {
    await using world = await GatewayWorld.open();
    expect(await world.request('GET', '/workflows/nobody/why')).toMatchObject({
      status: 404,
      body: { code: 'MARATHON_WORKFLOW_NOT_FOUND' },
    });
    expect((await world.request('GET', '/workflows/nobody/why?x=1')).status).toBe(400);
  });
});
