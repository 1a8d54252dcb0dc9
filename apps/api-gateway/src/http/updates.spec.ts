import { describe, expect, it, jest } from '@jest/globals';
import { type Payload, type ReplyAddress, type RunAnsweredMessage, StoreUnavailableError } from '@marathon/core';
import { GatewayWorld } from '../../test/gateway-world.js';
import { Questions } from '../questions/questions.js';

type Answer = Omit<RunAnsweredMessage, 'kind' | 'to' | 'runId'>;

/** Sends an update under the key `u1`, and answers as the owner of its run. */
async function updated(world: GatewayWorld, answer: Answer) {
  const { runId } = await world.order('o');
  const response = world.request('POST', '/workflows/o/updates/add-line', { line: 1 }, { 'idempotency-key': 'u1' });
  const { request, replyTo } = await world.next('request-accepted');
  expect(request).toEqual({ kind: 'update', n: 1, updateId: 'u1', name: 'add-line', payload: '{"line":1}' });
  await world.publisher.publish([{ kind: 'run-answered', to: replyTo as ReplyAddress, runId, ...answer }]);
  return { runId, ...(await response) };
}

/** The owner does not accept what it is offered. */
async function decline(world: GatewayWorld): Promise<void> {
  const { runId, replyTo: to } = await world.next('update-offered');
  await world.publisher.publish([{ kind: 'run-answered', to, runId, outcome: 'declined' }]);
}

const intakesOf = (world: GatewayWorld) => jest.spyOn(world.eventLog.intake, 'request');

describe('POST /workflows/{workflowId}/updates/{name}', () => {
  it('answers with the result that the owner tells', async () => {
    await using world = await GatewayWorld.open();
    const { runId, status, body } = await updated(world, { outcome: 'completed', seq: 4, result: '{"lines":1}' as Payload });
    expect([status, body]).toEqual([200, { workflowId: 'o', runId, updateId: 'u1', result: { lines: 1 } }]);
  });

  it.each<[Answer, number, object]>([
    [
      { outcome: 'unknown', seq: 4, names: ['add'] },
      404,
      { code: 'MARATHON_UPDATE_UNKNOWN', detail: 'the run has no update "add-line": it has add', names: ['add'] },
    ],
    [{ outcome: 'closed' }, 409, { code: 'MARATHON_RUN_CLOSED' }],
    [
      { outcome: 'rejected', failure: { type: 'RangeError', message: 'no' } },
      422,
      { code: 'MARATHON_UPDATE_REJECTED', failure: { type: 'RangeError', message: 'no' } },
    ],
    [
      { outcome: 'failed', failure: { type: 'Declined', message: 'no', details: '51' as Payload } },
      422,
      { code: 'MARATHON_UPDATE_FAILED', failure: { type: 'Declined', message: 'no', details: 51 } },
    ],
  ])('refuses by what the owner tells: %j', async (answer, status, problem) => {
    await using world = await GatewayWorld.open();
    expect(await updated(world, answer)).toMatchObject({ status, body: problem });
  });

  it('reads an answer that was too large for a message', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const response = world.request('POST', '/workflows/o/updates/add-line', undefined, { 'idempotency-key': 'u1' });
    const { replyTo } = await world.next('request-accepted');
    await world.advance(
      runId,
      [
        ['UpdateReceived', { n: 1, updateId: 'u1', name: 'add-line' }],
        ['UpdateCompleted', { updateSeq: 2 }, 'large'],
      ],
      { taken: 1 },
    );
    const answer = {
      kind: 'run-answered',
      to: replyTo as ReplyAddress,
      runId,
      outcome: 'completed',
      seq: 3,
      outcomeOmitted: true,
    } as const;
    await world.publisher.publish([answer]);
    expect(await response).toMatchObject({ status: 200, body: { result: 'large' } });
  });

  it('answers 202 with where to ask again when the time is over, and asks the owner again while it waits', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const response = world.request('POST', '/workflows/o/updates/add-line?wait=3s', 1, { 'idempotency-key': 'u/1' });
    await world.next('request-accepted');
    world.clock.advanceBy(2_000);
    expect(await world.next('update-awaited')).toMatchObject({ runId, updateId: 'u/1' });
    world.clock.advanceBy(1_000);
    const { status, headers, body } = await response;
    expect([status, body]).toEqual([202, { workflowId: 'o', runId, updateId: 'u/1' }]);
    const asked = world.request('GET', String(headers.location));
    const { replyTo: to } = await world.next('update-awaited');
    await world.publisher.publish([{ kind: 'run-answered', to, runId, outcome: 'completed', seq: 3, result: '7' as Payload }]);
    expect(await asked).toMatchObject({ status: 200, body: { runId, updateId: 'u/1', result: 7 } });
  });

  it('has an update durable before it answers 202, and leaves it to the answer else', async () => {
    await using world = await GatewayWorld.open();
    const accepted = jest.spyOn(world.eventLog.intake, 'request');
    const wasProvisional = () => accepted.mock.calls.flatMap(([requests]) => requests.map(({ isProvisional }) => isProvisional === true));
    await updated(world, { outcome: 'completed', seq: 3 });
    expect(wasProvisional()).toEqual([true]);

    const response = world.request('POST', '/workflows/o/updates/add-line?wait=3s');
    await decline(world);
    await world.next('request-accepted');
    world.clock.advanceBy(2_000);
    await world.next('update-awaited');
    world.clock.advanceBy(1_000);
    expect(await response).toMatchObject({ status: 202 });
    expect(wasProvisional()).toEqual([true, true, false]);
  });

  it('sends again what its database has lost: it was accepted provisionally', async () => {
    await using world = await GatewayWorld.open();
    const accepted = jest.spyOn(world.eventLog.intake, 'request');
    const { status } = await updated(world, { outcome: 'unknown' });
    expect(status).toBe(202);
    expect(accepted.mock.calls.flatMap(([requests]) => requests.map(({ isProvisional }) => isProvisional === true))).toEqual([true, false]);
  });

  it('asks for the answer of an update that is repeated, and sends it once', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await updated(world, { outcome: 'completed', seq: 3 });
    const again = world.request('POST', '/workflows/o/updates/add-line', { line: 1 }, { 'idempotency-key': 'u1' });
    await decline(world);
    const { replyTo: to } = await world.next('update-awaited');
    await world.publisher.publish([{ kind: 'run-answered', to, runId, outcome: 'completed', seq: 3 }]);
    expect(await again).toMatchObject({ status: 200, body: { runId, updateId: 'u1' } });
    const other = world.request('POST', '/workflows/o/updates/add-line', { line: 2 }, { 'idempotency-key': 'u1' });
    await decline(world);
    expect(await other).toMatchObject({ status: 422, body: { code: 'MARATHON_IDEMPOTENCY_KEY_REUSED' } });
  });

  it('refuses an update of a closed run', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    await world.advance(runId, [['WorkflowCompleted', {}]]);
    expect(await world.request('POST', '/workflows/o/updates/add-line')).toMatchObject({
      status: 409,
      body: { code: 'MARATHON_RUN_CLOSED' },
    });
  });
});

describe('an update for a run that took one before', () => {
  it('is offered to the owner, who accepts it', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await updated(world, { outcome: 'completed', seq: 3 });
    const intakes = intakesOf(world);
    const response = world.request('POST', '/workflows/o/updates/add-line', { line: 2 }, { 'idempotency-key': 'u2' });
    const { replyTo: to, ...offer } = await world.next('update-offered');
    expect(offer).toMatchObject({ runId, updateId: 'u2', name: 'add-line', payload: '{"line":2}', fingerprint: expect.any(String) });
    await world.publisher.publish([{ kind: 'run-answered', to, runId, outcome: 'completed', seq: 5, result: '2' as Payload }]);
    expect(await response).toMatchObject({ status: 200, body: { workflowId: 'o', runId, updateId: 'u2', result: 2 } });
    expect(intakes).not.toHaveBeenCalled();
  });

  it('is refused as the owner says that it recorded', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await updated(world, { outcome: 'completed', seq: 3 });
    const response = world.request('POST', '/workflows/o/updates/add-line');
    const { replyTo: to } = await world.next('update-offered');
    const failure = { type: 'RangeError', message: 'no' };
    await world.publisher.publish([{ kind: 'run-answered', to, runId, outcome: 'rejected', seq: 5, failure }]);
    expect(await response).toMatchObject({ status: 422, body: { code: 'MARATHON_UPDATE_REJECTED' } });
  });

  it('is accepted by the gateway when the owner says nothing for 2 s, under the same key', async () => {
    await using world = await GatewayWorld.open();
    await updated(world, { outcome: 'completed', seq: 3 });
    const response = world.request('POST', '/workflows/o/updates/add-line', { line: 2 }, { 'idempotency-key': 'u2' });
    const { fingerprint } = await world.next('update-offered');
    const intakes = intakesOf(world);
    world.clock.advanceBy(2_000);
    const { runId, replyTo } = await world.next('request-accepted');
    expect(intakes.mock.calls[0]?.[0]).toMatchObject([{ idempotencyKey: 'u2', fingerprint }]);
    await world.publisher.publish([{ kind: 'run-answered', to: replyTo as ReplyAddress, runId, outcome: 'completed', seq: 5 }]);
    expect(await response).toMatchObject({ status: 200 });
  });

  it('is not said to be refused when the owner has said nothing and the gateway cannot have it accepted', async () => {
    await using world = await GatewayWorld.open();
    await updated(world, { outcome: 'completed', seq: 3 });
    intakesOf(world).mockRejectedValue(new StoreUnavailableError('the database is away'));
    const unheard = world.request('POST', '/workflows/o/updates/add-line');
    await world.next('update-offered');
    world.clock.advanceBy(2_000);
    expect(await unheard).toMatchObject({ status: 503, body: { code: 'MARATHON_COMMIT_OUTCOME_UNKNOWN' } });
    const declined = world.request('POST', '/workflows/o/updates/add-line');
    await decline(world);
    expect(await declined).toMatchObject({ status: 503, body: { code: 'MARATHON_STORE_UNAVAILABLE' } });
  });

  it('is not said to be refused by a gateway that shuts down while the owner has it', async () => {
    await using world = await GatewayWorld.open();
    await updated(world, { outcome: 'completed', seq: 3 });
    const response = world.request('POST', '/workflows/o/updates/add-line');
    await world.next('update-offered');
    world.app.get(Questions).onModuleDestroy();
    expect(await response).toMatchObject({ status: 503, body: { code: 'MARATHON_COMMIT_OUTCOME_UNKNOWN' } });
  });

  it('is accepted by the gateway when it is large', async () => {
    await using world = await GatewayWorld.open();
    await updated(world, { outcome: 'completed', seq: 3 });
    const response = world.request('POST', '/workflows/o/updates/add-line', { text: 'x'.repeat(100_000) });
    const { runId, replyTo } = await world.next('request-accepted');
    await world.publisher.publish([{ kind: 'run-answered', to: replyTo as ReplyAddress, runId, outcome: 'completed', seq: 7 }]);
    expect(await response).toMatchObject({ status: 200 });
  });
});

describe('GET /workflows/{workflowId}/updates/{updateId}', () => {
  it('says so when there never was such an update', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const response = world.request('GET', '/workflows/o/updates/u%2F9');
    const { replyTo: to } = await world.next('update-awaited');
    await world.publisher.publish([{ kind: 'run-answered', to, runId, outcome: 'unknown' }]);
    const { status, body } = await response;
    expect([status, body]).toMatchObject([
      404,
      { code: 'MARATHON_UPDATE_UNKNOWN', runId, runStatus: 'Pending', detail: 'no update "u/9" was ever sent to this run' },
    ]);
    expect(body).not.toHaveProperty('names');
  });
});
