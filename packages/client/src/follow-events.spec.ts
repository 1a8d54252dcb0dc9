import { describe, expect, it, jest } from '@jest/globals';
import { drop, event, events, HostileServer, json, problem, raw } from '../test/hostile-server.js';
import { MarathonApiError, MarathonConnectionError, UnexpectedAnswerError } from './errors.js';
import { MarathonClient } from './marathon-client.js';
import type { EventsOptions } from './workflow-handle.js';

async function follow(server: HostileServer, options: EventsOptions = {}): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  const handle = new MarathonClient({ url: server.url }).workflow('order', 'o', 'r1');
  for await (const { seq, type, data } of handle.events(options)) seen.push([seq, type, data]);
  return seen;
}

const lastEventIds = (server: HostileServer) => server.received.map(({ headers }) => headers['last-event-id']);

describe('events', () => {
  it('go on after every interruption, in the midst of a character as well, without gaps and repetitions', async () => {
    const second = new TextEncoder().encode(event(2, 'SignalReceived', { name: '🦊' }));
    const inTheFox = second.indexOf(0xf0) + 2;
    await using server = await HostileServer.open(
      events([event(1, 'WorkflowStarted'), second.subarray(0, inTheFox)], 'cut'),
      drop,
      problem(503, 'MARATHON_OVERLOADED'),
      events([event(1, 'WorkflowStarted'), second.subarray(0, inTheFox), second.subarray(inTheFox), ': keep-alive\n\n']),
      events([event(3, 'WorkflowCompleted'), event(4, 'Never')]),
    );
    expect(await follow(server)).toEqual([
      [1, 'WorkflowStarted', {}],
      [2, 'SignalReceived', { name: '🦊' }],
      [3, 'WorkflowCompleted', {}],
    ]);
    expect(server.received[0]?.url).toBe('/workflows/o/events?runId=r1');
    expect(lastEventIds(server)).toEqual(['0', '1', '1', '1', '2']);
  });

  it('end when the gateway has no more of them', async () => {
    await using server = await HostileServer.open(raw(204, ''));
    expect(await follow(server, { after: 7 })).toEqual([]);
    expect(lastEventIds(server)).toEqual(['7']);
  });

  it('are given up when connections fail again and again without a sign of life', async () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0);
    const cut = events([], 'cut');
    const alive = events([': keep-alive\n\n'], 'cut');
    await using server = await HostileServer.open(...Array(9).fill(cut), alive, ...Array(20).fill(cut));
    await expect(follow(server)).rejects.toThrow(MarathonConnectionError);
    expect(server.received).toHaveLength(19);
    random.mockRestore();
  });

  it('are given up when they are refused', async () => {
    await using server = await HostileServer.open(events([event(1, 'WorkflowStarted')]), problem(404, 'MARATHON_WORKFLOW_NOT_FOUND'));
    await expect(follow(server)).rejects.toThrow(MarathonApiError);
    expect(server.received).toHaveLength(2);
  });

  it.each([
    ['a page', raw(200, '<html>sign in', { 'content-type': 'text/html' })],
    ['JSON', json(200, {})],
    ['events that are none of ours', events(['data: hello\n\n'])],
  ])('are given up when what comes is %s', async (_, reaction) => {
    await using server = await HostileServer.open(reaction);
    await expect(follow(server)).rejects.toThrow(UnexpectedAnswerError);
  });

  it('end with the reason of the signal that aborts', async () => {
    await using server = await HostileServer.open((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event(1, 'WorkflowStarted'));
    });
    const abort = new AbortController();
    const handle = new MarathonClient({ url: server.url }).workflow('order', 'o', 'r1');
    const iteration = handle.events({ signal: abort.signal })[Symbol.asyncIterator]();
    expect(await iteration.next()).toMatchObject({ value: { seq: 1 } });
    const next = iteration.next();
    abort.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
  });

  it('close their connection when the loop is left', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await HostileServer.open((response) => {
      response.once('close', closed.resolve).writeHead(200, { 'content-type': 'text/event-stream' }).write(event(1, 'WorkflowStarted'));
    });
    for await (const { seq } of new MarathonClient({ url: server.url }).workflow('order', 'o', 'r1').events()) if (seq === 1) break;
    await closed.promise;
  });
});
