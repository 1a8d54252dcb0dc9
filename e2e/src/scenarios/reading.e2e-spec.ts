import { describe, expect, it } from '@jest/globals';
import type { HistoryPage } from '../api/answers.js';
import { freshId } from '../api/api-client.js';
import type { ServerSentEvent } from '../api/event-stream.js';
import { type HistoryEntry, outcomeMismatches } from '../history-checks.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

describe('describing a run', () => {
  it('says of a closed run what it began with and how it ended', async () => {
    const { workflowId, runId } = await system.api.run('e2e.sequence', { start: 1, count: 2 });
    const run = await system.api.describe(workflowId);
    expect(run).toMatchObject({
      workflowId,
      runId,
      workflow: 'e2e.sequence',
      status: 'Completed',
      input: { start: 1, count: 2 },
      result: 4,
    });
    expect(run).toMatchObject({ lastSeq: 6, pending: { activities: [], timers: [], signals: [] } });
    expect(Date.parse(run.closedAt as string)).toBeGreaterThanOrEqual(Date.parse(run.startedAt));
  });

  it('says of an open run what it waits for', async () => {
    const notify = `${system.api.url}/health/live`;
    const { workflowId } = await system.api.started('e2e.waiting', { notify });
    const run = await system.api.describeWhen(workflowId, ({ pending }) => pending.signals.length > 0);
    expect(run).not.toHaveProperty('closedAt');
    expect(run.pending).toMatchObject({
      activities: [{ activity: 'e2e.until-aborted', attempt: 1, taskQueue: run.taskQueue }],
      timers: [{ firesAt: expect.any(String) }],
      signals: ['never'],
    });
    const [timer] = run.pending.timers;
    expect(Date.parse(timer?.firesAt as string) - Date.parse(run.startedAt)).toBeGreaterThanOrEqual(3_600_000);
    await system.api.terminate(workflowId);
  });

  it('says Running once the code has decided something', async () => {
    const { workflowId } = await system.api.started('e2e.sleep', { duration: '1h' });
    await system.api.event(workflowId, 'TimerStarted');
    expect(await system.api.describe(workflowId)).toMatchObject({ status: 'Running', lastSeq: 2 });
  });
});

describe('reading a history', () => {
  it('gives every event with what belongs to it', async () => {
    const outcome = await system.api.run('e2e.activity', { activity: 'e2e.double', input: 4 });
    const history = await system.api.history(outcome.workflowId);
    expect(history.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
      '1 WorkflowStarted',
      '2 ActivityScheduled',
      '3 ActivityCompleted',
      '4 WorkflowCompleted',
    ]);
    expect(history.map(({ data }) => data)).toMatchObject([
      { workflow: 'e2e.activity', workflowId: outcome.workflowId, input: { activity: 'e2e.double', input: 4 } },
      { activity: 'e2e.double', input: 4 },
      { activitySeq: 2, attempt: 1, result: 8 },
      { result: { result: 8 } },
    ]);
    expect(outcomeMismatches(history, outcome)).toEqual([]);
  });

  it('gives it in pages, which put together are the whole', async () => {
    const { workflowId } = await system.api.run('e2e.sequence', { start: 1, count: 5 });
    const pages: HistoryPage[] = [];
    for (let after: number | undefined = 0; after !== undefined; after = pages.at(-1)?.next) {
      pages.push((await system.api.historyPage(workflowId, { after, limit: 5 })).body);
    }
    expect(pages.map(({ events, next }) => [events.length, next])).toEqual([
      [5, 5],
      [5, 10],
      [2, undefined],
    ]);
    expect(pages.flatMap(({ events }) => events)).toEqual(await system.api.history(workflowId));
  });

  it('gives nothing after the last event', async () => {
    const { workflowId } = await system.api.run('e2e.nothing');
    expect((await system.api.historyPage(workflowId, { after: 1_000 })).body).toEqual({ events: [] });
  });
});

describe('asking for a result', () => {
  it('is answered 202 at once while the run is open', async () => {
    const { workflowId, runId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    const { status, body } = await system.api.result(workflowId);
    expect(status).toBe(202);
    expect(body).toMatchObject({ workflowId, runId, workflow: 'e2e.collect' });
  });

  it('is answered 202 when the wait is over before the run is', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    expect((await system.api.result(workflowId, { wait: '50ms' })).status).toBe(202);
  });

  it('is answered, by whoever waits, when the run ends', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    const waiting = Array.from({ length: 5 }, () => system.api.result(workflowId, { wait: '60s' }));
    await system.api.signal(workflowId, 'go', 'on');
    for (const { status, body } of await Promise.all(waiting)) {
      expect([status, body.status, body.result]).toEqual([200, 'Completed', ['on']]);
    }
  });

  it('is answered of a run that has closed long since', async () => {
    const { workflowId, runId } = await system.api.run('e2e.echo', 'kept');
    expect((await system.api.result(workflowId, { runId })).body).toMatchObject({ status: 'Completed', result: 'kept' });
  });
});

describe('following a run', () => {
  it('gives the history of a closed run and ends', async () => {
    const { workflowId } = await system.api.run('e2e.sequence', { start: 1, count: 3 });
    const events = await all(system.api.follow(workflowId));
    const history = await system.api.history(workflowId);
    expect(events.map(({ id, event }) => [Number(id), event])).toEqual(history.map(({ seq, type }) => [seq, type]));
    expect(events.map(({ data }) => JSON.parse(data) as HistoryEntry)).toEqual(history);
  });

  it('gives events as they happen, up to the closing one', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 3 });
    const seen: string[] = [];
    for await (const { id, event } of system.api.follow(workflowId)) {
      seen.push(`${id} ${event}`);
      if (seen.length <= 3) await system.api.signal(workflowId, 'go', seen.length);
    }
    expect(seen).toEqual(['1 WorkflowStarted', '2 SignalReceived', '3 SignalReceived', '4 SignalReceived', '5 WorkflowCompleted']);
  });

  it('goes on behind Last-Event-ID, without gap or repetition', async () => {
    const { workflowId } = await system.api.run('e2e.sequence', { start: 1, count: 3 });
    const ids = (await all(system.api.follow(workflowId, {}, { 'last-event-id': '4' }))).map(({ id }) => Number(id));
    expect(ids).toEqual([5, 6, 7, 8]);
  });

  it('is taken up again in the middle of a run', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 2 });
    await system.api.signal(workflowId, 'go', 1);
    let last = '';
    for await (const { id, event } of system.api.follow(workflowId)) {
      last = id;
      if (event === 'SignalReceived') break; // the connection is lost
    }
    await system.api.signal(workflowId, 'go', 2);
    const rest = await all(system.api.follow(workflowId, {}, { 'last-event-id': last }));
    expect(rest.map(({ id, event }) => `${id} ${event}`)).toEqual(['3 SignalReceived', '4 WorkflowCompleted']);
  });

  it('begins behind ?after', async () => {
    const { workflowId } = await system.api.run('e2e.echo', 1);
    expect((await all(system.api.follow(workflowId, { after: 1 }))).map(({ event }) => event)).toEqual(['WorkflowCompleted']);
  });

  it('tells a client that has everything not to come again', async () => {
    const { workflowId } = await system.api.run('e2e.echo', 1);
    const { status } = await system.api.call('GET', `/workflows/${workflowId}/events`, { headers: { 'last-event-id': '2' } });
    expect(status).toBe(204);
  });
});

describe('listing runs', () => {
  it('gives them newest first, and finds them by status, workflow and id', async () => {
    const workflowId = freshId('listed');
    const older = await system.api.run('e2e.echo', 1, { workflowId });
    const newer = await system.api.started('e2e.collect', { name: 'go', count: 1 }, { workflowId });
    const found = async (query: Record<string, string>) =>
      (await system.api.list({ workflowId, ...query })).body.workflows.map(({ runId }) => runId);
    expect(await found({})).toEqual([newer.runId, older.runId]);
    expect(await found({ workflow: 'e2e.echo' })).toEqual([older.runId]);
    expect(await found({ status: 'Completed' })).toEqual([older.runId]);
    expect(await found({ status: 'Failed' })).toEqual([]);
  });

  it('gives each run once on its pages, however many there are', async () => {
    const workflowId = freshId('paged');
    const runIds: string[] = [];
    for (let i = 0; i < 5; i++) runIds.unshift((await system.api.run('e2e.echo', i, { workflowId })).runId);
    const pages: string[][] = [];
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
      const { body } = await system.api.list({ workflowId, limit: '2', ...(cursor !== undefined && { cursor }) });
      pages.push(body.workflows.map(({ runId }) => runId));
      cursor = body.next;
    }
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages.flat()).toEqual(runIds);
  });

  it('keeps its place when runs are started meanwhile', async () => {
    const workflowId = freshId('paged');
    const older = await system.api.run('e2e.echo', 1, { workflowId });
    await system.api.run('e2e.echo', 2, { workflowId });
    const { next } = (await system.api.list({ workflowId, limit: '1' })).body;
    await system.api.run('e2e.echo', 3, { workflowId });
    const { workflows } = (await system.api.list({ workflowId, limit: '1', cursor: next as string })).body;
    expect(workflows.map(({ runId }) => runId)).toEqual([older.runId]);
  });
});

async function all(events: AsyncIterable<ServerSentEvent>): Promise<readonly ServerSentEvent[]> {
  const seen: ServerSentEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}
