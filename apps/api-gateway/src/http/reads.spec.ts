import { describe, expect, it } from '@jest/globals';
import { activityTopic, readHistoryFile } from '@marathon/protocol';
import { GatewayWorld } from '../../test/gateway-world.js';

const failure = { type: 'Declined', message: 'no', details: '{"code":51}' };

describe('GET /workflows/{workflowId}', () => {
  it('describes an open run and what it waits for', async () => {
    await using world = await GatewayWorld.open();
    await world.request('POST', '/workflows', {
      workflow: 'order',
      workflowId: 'o',
      input: { a: 1 },
      memo: { m: 1 },
      searchAttributes: { c: 'x' },
    });
    const { runId } = await world.next('run-started');
    const startedAt = new Date(world.clock.now()).toISOString();
    const soon = world.clock.now() + 60_000;
    await world.advance(
      runId,
      [
        ['ActivityScheduled', { activity: 'reserve' }],
        ['ActivityScheduled', { activity: 'charge', taskQueue: 'payments' }],
        ['ActivityScheduled', { activity: 'pack', taskQueue: 'payments' }],
        ['ActivityScheduled', { activity: 'done' }],
        ['TimerStarted', { firesAtMs: soon, durationMs: 60_000 }],
        ['TimerStarted', { firesAtMs: soon, durationMs: 60_000 }],
        ['ActivityCompleted', { activitySeq: 5, attempt: 1 }, 1],
        ['TimerFired', { timerSeq: 7 }],
        ['ActivityStarted', { activitySeq: 2, attempt: 1, worker: 'w' }],
        ['ActivityRetryScheduled', { activitySeq: 3, attempt: 2, firesAtMs: soon, failure }],
      ],
      { awaitedSignals: ['go'] },
    );
    const { status, body } = await world.request('GET', '/workflows/o');
    expect(status).toBe(200);
    const base = { attempt: 1, scheduledAt: startedAt };
    expect(body).toEqual({
      workflowId: 'o',
      runId,
      workflow: 'order',
      status: 'Running',
      taskQueue: 'orders',
      startedAt,
      lastSeq: 11,
      input: { a: 1 },
      memo: { m: 1 },
      searchAttributes: { c: 'x' },
      pending: {
        activities: [
          { ...base, activitySeq: 2, activity: 'reserve', taskQueue: 'orders', state: 'running', startedAt },
          {
            ...base,
            activitySeq: 3,
            activity: 'charge',
            taskQueue: 'payments',
            state: 'backing-off',
            attempt: 2,
            nextAttemptAt: new Date(soon).toISOString(),
            lastFailure: { type: 'Declined', message: 'no', details: { code: 51 } },
          },
          {
            ...base,
            activitySeq: 4,
            activity: 'pack',
            taskQueue: 'payments',
            state: 'queued',
            waitingFor: 'no worker listens on task queue "payments"',
          },
        ],
        children: [],
        timers: [{ timerSeq: 6, firesAt: new Date(soon).toISOString() }],
        signals: ['go'],
      },
    });
  });

  it('does not miss a worker that is there', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    await world.advance(runId, [['ActivityScheduled', { activity: 'reserve' }]]);
    const topic = activityTopic('orders');
    const worker = world.stream.subscribe({
      group: topic,
      topics: [topic],
      onAssigned: async () => {},
      onRevoked: async () => {},
      onMessages: () => {},
    });
    await worker.start();
    const { body } = await world.request('GET', '/workflows/o');
    expect(body.pending).toMatchObject({ activities: [{ state: 'queued' }] });
    expect(JSON.stringify(body.pending)).not.toContain('waitingFor');
  });

  it('describes closed runs', async () => {
    await using world = await GatewayWorld.open();
    const first = await world.order('o', { a: 1 });
    await world.advance(first.runId, [
      ['ActivityScheduled', { activity: 'reserve' }],
      ['WorkflowCompleted', {}, { ok: true }],
    ]);
    const second = await world.order('o');
    await world.advance(second.runId, [['WorkflowFailed', { failure }]]);
    const closedAt = new Date(world.clock.now()).toISOString();
    const pending = { activities: [], timers: [], children: [], signals: [] };
    expect((await world.request('GET', '/workflows/o')).body).toMatchObject({
      runId: second.runId,
      status: 'Failed',
      closedAt,
      lastSeq: 2,
      failure: { details: { code: 51 } },
      pending,
    });
    expect((await world.request('GET', `/workflows/o?runId=${first.runId}`)).body).toMatchObject({
      status: 'Completed',
      input: { a: 1 },
      result: { ok: true },
      pending,
    });
  });

  it('says why a run is suspended', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const suspension = { reason: 'non-deterministic', message: 'm', expected: 'ActivityScheduled', actual: 'TimerStarted' };
    await world.advance(runId, [['WorkflowSuspended', { suspension, unprocessedFrom: 2 }]], { status: 'Suspended' });
    expect((await world.request('GET', '/workflows/o')).body).toMatchObject({ status: 'Suspended', suspension });
  });
});

describe('GET /workflows/{workflowId}/history', () => {
  it('shows every value under its own name', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o', 'in');
    const at = new Date(world.clock.now()).toISOString();
    await world.advance(runId, [
      ['ActivityScheduled', { activity: 'a' }, { x: 1 }],
      ['ActivityRetryScheduled', { activitySeq: 2, attempt: 2, firesAtMs: 1, failure }, { page: 7 }],
      ['ActivityCompleted', { activitySeq: 2, attempt: 2 }, null],
      ['SignalReceived', { n: 1, name: 'go' }, 'now'],
      ['StepCompleted', { step: 1, name: 's' }, 2],
      ['WorkflowCompleted', {}, [1]],
    ]);
    const { body } = await world.request('GET', '/workflows/o/history');
    expect(body).toEqual({
      events: [
        { seq: 1, type: 'WorkflowStarted', at, data: { workflow: 'order', workflowId: 'o', taskQueue: 'orders', input: 'in' } },
        { seq: 2, type: 'ActivityScheduled', at, data: { activity: 'a', input: { x: 1 } } },
        {
          seq: 3,
          type: 'ActivityRetryScheduled',
          at,
          data: {
            activitySeq: 2,
            attempt: 2,
            firesAtMs: 1,
            failure: { type: 'Declined', message: 'no', details: { code: 51 } },
            heartbeatDetails: { page: 7 },
          },
        },
        { seq: 4, type: 'ActivityCompleted', at, data: { activitySeq: 2, attempt: 2, result: null } },
        { seq: 5, type: 'SignalReceived', at, data: { n: 1, name: 'go', payload: 'now' } },
        { seq: 6, type: 'StepCompleted', at, data: { step: 1, name: 's', result: 2 } },
        { seq: 7, type: 'WorkflowCompleted', at, data: { result: [1] } },
      ],
    });
  });

  it('comes in pages', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    await world.advance(
      runId,
      Array.from({ length: 250 }, () => ['TimerStarted', { firesAtMs: 1, durationMs: 1 }] as const),
    );
    const seqs: number[] = [];
    const pages: number[] = [];
    for (let after: unknown = 0; after !== undefined; ) {
      const { body } = await world.request('GET', `/workflows/o/history?after=${after}&limit=120`);
      const events = body.events as { seq: number }[];
      seqs.push(...events.map(({ seq }) => seq));
      pages.push(events.length);
      after = body.next;
    }
    expect(seqs).toEqual(Array.from({ length: 251 }, (_, index) => index + 1));
    expect(pages).toEqual([120, 120, 11]);
  });

  it('ends a page early when its events are large', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    await world.advance(
      runId,
      Array.from({ length: 150 }, (_, i) => ['SignalReceived', { n: i + 1, name: 's' }, 'x'.repeat(50_000)] as const),
    );
    const { body, text } = await world.request('GET', '/workflows/o/history?limit=1000');
    expect(text.length).toBeGreaterThan(4 * 1024 * 1024);
    expect(text.length).toBeLessThan(4 * 1024 * 1024 + 51_000);
    expect(body.next).toBe((body.events as object[]).length);
    const rest = await world.request('GET', `/workflows/o/history?limit=1000&after=${body.next}`);
    expect(rest.body.events).toHaveLength(151 - Number(body.next));
    expect(rest.body).not.toHaveProperty('next');
  });
});

describe('GET /workflows/{workflowId}/history?format=file', () => {
  it('gives the whole history as a file, whatever its size, payloads as they were recorded', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o', { z: 1, a: '\u0000' });
    const signals = Array.from({ length: 1_500 }, (_, i) => ['SignalReceived', { n: i + 1, name: 's' }, 'x'.repeat(5_000)] as const);
    await world.advance(runId, [...signals, ['WorkflowCompleted', {}, [1]]]);
    const { status, headers, text } = await world.request('GET', '/workflows/o/history?format=file');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-disposition': `attachment; filename="${runId}.history.json"` });
    const { run, events } = readHistoryFile(text);
    expect(run).toMatchObject({ workflowId: 'o', runId, workflow: 'order', status: 'Completed', lastSeq: 1_502 });
    expect(events).toEqual((await world.eventLog.runStore.loadRuns([runId])).runs[0]?.history);
  });

  it('gives the part that is there of an open run, of the run that is named', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const { text } = await world.request('GET', `/workflows/o/history?format=file&runId=${runId}`);
    expect(readHistoryFile(text)).toMatchObject({ run: { runId, status: 'Pending' }, events: [{ type: 'WorkflowStarted' }] });
  });
});

describe('GET /workflows', () => {
  it('lists newest first, in pages, without repetition', async () => {
    await using world = await GatewayWorld.open();
    const ids = Array.from({ length: 7 }, (_, index) => `o-${index}`);
    for (const id of ids) await world.order(id);
    const listed: string[] = [];
    for (let cursor: unknown = ''; cursor !== undefined; ) {
      const { body } = await world.request('GET', `/workflows?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      listed.push(...(body.workflows as { workflowId: string }[]).map(({ workflowId }) => workflowId));
      cursor = body.next;
    }
    expect(listed).toEqual(ids.toReversed());
  });

  it('filters', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('a');
    await world.order('b');
    await world.advance(runId, [['WorkflowCompleted', {}]]);
    const list = async (query: string) => (await world.request('GET', `/workflows?${query}`)).body.workflows as { workflowId: string }[];
    expect(await list('status=Completed')).toMatchObject([
      { workflowId: 'a', runId, workflow: 'order', status: 'Completed', taskQueue: 'orders', lastSeq: 2 },
    ]);
    expect(await list('status=Failed')).toEqual([]);
    expect(await list('workflow=order')).toHaveLength(2);
    expect(await list('workflowId=b&workflow=order')).toMatchObject([{ workflowId: 'b', status: 'Pending' }]);
  });
});

describe('health', () => {
  it('is live, and ready while every probe says so', async () => {
    await using world = await GatewayWorld.open();
    expect(await world.request('GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(await world.request('GET', '/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
    world.readiness.add('database', () => Promise.reject(new Error('connection refused')));
    expect(await world.request('GET', '/health/ready')).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 'MARATHON_NOT_READY', errors: [{ field: 'database', message: 'connection refused' }] },
    });
    expect(await world.request('GET', '/health/live')).toMatchObject({ status: 200 });
  });
});
