import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { HistoryEvent, RunId } from '@marathon/core';
import { InProcessStream, ManualClock } from '@marathon/memory';
import { eventsTopic, repliesTopic } from '@marathon/protocol';
import { GatewayWorld } from '../../test/gateway-world.js';
import { RunWatchers, watchersMax } from '../events/run-watchers.js';
import type { GatewayPorts } from '../gateway-ports.js';

interface Seen {
  readonly id: number;
  readonly event: string;
  readonly data: { readonly seq: number; readonly data: object };
}

/** A client of the event stream. */
class Watcher {
  readonly seen: Seen[] = [];
  private rest = '';
  private hasComment = false;

  constructor(private readonly stream: Readable) {
    stream.setEncoding('utf8');
  }

  static async of(world: GatewayWorld, url: string, headers: Record<string, string> = {}): Promise<Watcher> {
    const { stream, statusCode, headers: answered } = await inject(world, url, headers);
    expect(statusCode).toBe(200);
    expect(answered).toMatchObject({
      'content-type': 'text/event-stream',
      'x-accel-buffering': 'no',
      'cache-control': 'no-cache, no-transform',
    });
    return new Watcher(stream());
  }

  /** All events so far, when there are `count` of them or the stream has ended. */
  async until(count: number): Promise<readonly Seen[]> {
    while (this.seen.length < count && !this.stream.readableEnded) await this.more();
    return this.seen;
  }

  async untilComment(): Promise<void> {
    while (!this.hasComment) await this.more();
  }

  end(): Promise<readonly Seen[]> {
    return this.until(Number.POSITIVE_INFINITY);
  }

  private async more(): Promise<void> {
    const chunk: string | null = this.stream.read();
    if (chunk !== null) return this.take(chunk);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.stream.once('readable', resolve).once('end', resolve);
    await promise;
    this.stream.off('readable', resolve).off('end', resolve);
  }

  private take(chunk: string): void {
    const blocks = (this.rest + chunk).split('\n\n');
    this.rest = blocks.pop() as string;
    for (const block of blocks) {
      if (block === ': keep-alive') this.hasComment = true;
      if (!block.startsWith('id: ')) continue;
      const [id, event, data] = block.split('\n').map((line) => line.slice(line.indexOf(': ') + 2)) as [string, string, string];
      this.seen.push({ id: Number(id), event, data: JSON.parse(data) });
    }
  }
}

const inject = (world: GatewayWorld, url: string, headers: Record<string, string> = {}) =>
  world.app.inject({ method: 'GET', url, headers, payloadAsStream: true });

const announce = (world: GatewayWorld, runId: RunId, events: readonly HistoryEvent[]) =>
  world.publisher.publish([{ kind: 'run-events', runs: [{ runId, workflowId: 'o', workflow: 'order', events }] }]);

const timer = ['TimerStarted', { firesAtMs: 1, durationMs: 1 }] as const;

describe('GET /workflows/{workflowId}/events', () => {
  it('gives the history, then what happens, and ends after the closing event', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o', 'in');
    const watcher = await Watcher.of(world, '/workflows/o/events');
    expect(await watcher.until(1)).toMatchObject([{ id: 1, event: 'WorkflowStarted', data: { seq: 1, data: { input: 'in' } } }]);
    await announce(world, runId, await world.advance(runId, [timer]));
    await watcher.until(2);
    await announce(
      world,
      runId,
      await world.advance(runId, [
        ['TimerFired', { timerSeq: 2 }],
        ['WorkflowCompleted', {}, 'out'],
      ]),
    );
    const events = await watcher.end();
    expect(events.map(({ id, event }) => [id, event])).toEqual([
      [1, 'WorkflowStarted'],
      [2, 'TimerStarted'],
      [3, 'TimerFired'],
      [4, 'WorkflowCompleted'],
    ]);
    expect(events[3]?.data).toMatchObject({ data: { result: 'out' } });
  });

  it('fills the gaps between live events, and drops what comes twice', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const watcher = await Watcher.of(world, '/workflows/o/events');
    await watcher.until(1);
    const missed = await world.advance(runId, [timer, timer]);
    const seen = await world.advance(runId, [timer]);
    await announce(world, runId, seen);
    await announce(world, runId, missed);
    await announce(world, runId, seen);
    await announce(world, runId, await world.advance(runId, [['WorkflowCompleted', {}]]));
    expect((await watcher.end()).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
  });

  it('looks by itself when it hears nothing, and shows that it is alive', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const watcher = await Watcher.of(world, '/workflows/o/events');
    await watcher.until(1);
    await world.advance(runId, [timer]);
    const looking = watcher.until(2);
    await passTime(world, looking);
    expect(await looking).toHaveLength(2);
    const comment = watcher.untilComment();
    await passTime(world, comment);
    await comment;
  });

  it('goes on after Last-Event-ID, and after ?after', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    await world.advance(runId, [timer, timer, ['WorkflowCompleted', {}]]);
    const ids = async (url: string, headers?: Record<string, string>) =>
      (await (await Watcher.of(world, url, headers)).end()).map(({ id }) => id);
    expect(await ids('/workflows/o/events', { 'last-event-id': '2' })).toEqual([3, 4]);
    expect(await ids('/workflows/o/events?after=3')).toEqual([4]);
    expect(await ids('/workflows/o/events?after=0', { 'last-event-id': '3' })).toEqual([4]);
  });

  it('answers 204 when a closed run has nothing more to tell', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    await world.advance(runId, [['WorkflowCompleted', {}]]);
    expect((await inject(world, '/workflows/o/events', { 'last-event-id': '2' })).statusCode).toBe(204);
  });

  it('gives a long history whole', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    await world.advance(runId, [...Array(350).fill(timer), ['WorkflowCompleted', {}]]);
    const events = await (await Watcher.of(world, '/workflows/o/events')).end();
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 352 }, (_, index) => index + 1));
  });

  it('reads no further than the client does', async () => {
    let reads = 0;
    await using world = await GatewayWorld.open();
    const readHistory = world.eventLog.reader.readHistory.bind(world.eventLog.reader);
    world.eventLog.reader.readHistory = (...args) => {
      reads += 1;
      return readHistory(...args);
    };
    const { runId } = await world.order('o');
    await world.advance(runId, [
      ...Array(2_000).fill(['SignalReceived', { n: 1, name: 's' }, 'x'.repeat(10_000)]),
      ['WorkflowCompleted', {}],
    ]);
    const watcher = await Watcher.of(world, '/workflows/o/events');
    await watcher.until(1);
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(reads).toBeLessThan(5);
    expect(await watcher.end()).toHaveLength(2_002);
    expect(reads).toBeGreaterThan(20);
  });

  it('forgets a client that leaves, and ends all when it shuts down', async () => {
    const world = await GatewayWorld.open();
    await world.order('o');
    await world.app.listen(0, '127.0.0.1');
    const watchers = world.app.get(RunWatchers);
    const connect = async () => {
      const request = get(`${await world.app.getUrl()}/workflows/o/events`);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      return { request, watcher: new Watcher(response) };
    };
    const [stays, leaves] = [await connect(), await connect()];
    await stays.watcher.until(1);
    await leaves.watcher.until(1);
    expect(watchers.size).toBe(2);
    leaves.request.destroy();
    while (watchers.size > 1) await new Promise(setImmediate);
    const ended = stays.watcher.end();
    await world[Symbol.asyncDispose]();
    expect(await ended).toHaveLength(1);
    expect(watchers.size).toBe(0);
  });

  it('reads the stream from the first client on, until a minute after the last', async () => {
    const tails: string[] = [];
    const stream = new InProcessStream({ clock: new ManualClock(), hints: [eventsTopic, repliesTopic] });
    const watched: GatewayPorts['stream'] = {
      isUsable: () => stream.isUsable(),
      partitionsOf: (topic) => stream.partitionsOf(topic),
      consumersOf: (topic) => stream.consumersOf(topic),
      tail: (subscription) => {
        const [tail, name] = [stream.tail(subscription), subscription.topic];
        const noted = (what: 'start' | 'stop') => () => {
          if (name === eventsTopic) tails.push(what);
          return tail[what]();
        };
        return { start: noted('start'), stop: noted('stop') };
      },
    };
    await using world = await GatewayWorld.open({ ports: { stream: watched } });
    const { runId } = await world.order('o');
    const watchers = world.app.get(RunWatchers);
    expect(tails).toEqual([]);
    const [first, second] = [watchers.open(runId), watchers.open(runId)];
    expect(tails).toEqual(['start']);
    first.close();
    second.close();
    world.clock.advanceBy(59_999);
    const third = watchers.open(runId);
    world.clock.advanceBy(60_000);
    third.close();
    expect(tails).toEqual(['start']);
    world.clock.advanceBy(60_000);
    expect(tails).toEqual(['start', 'stop']);
    watchers.open(runId).close();
    expect(tails).toEqual(['start', 'stop', 'start']);
  });

  it('reads again what happened before the stream was read', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const watch = world.app.get(RunWatchers).open(runId);
    await watch.somethingNew(Number.MAX_SAFE_INTEGER);
    expect(watch.take()).toEqual({ events: [], hasMissed: true });
    watch.close();
  });

  it('bounds the number of clients', async () => {
    await using world = await GatewayWorld.open();
    const { runId } = await world.order('o');
    const watchers = world.app.get(RunWatchers);
    const watches = Array.from({ length: watchersMax }, () => watchers.open(runId));
    expect(await world.request('GET', '/workflows/o/events')).toMatchObject({ status: 503, body: { code: 'MARATHON_OVERLOADED' } });
    for (const watch of watches) watch.close();
  });
});

/** Moves the clock on, a look at a time, until `done`. */
async function passTime(world: GatewayWorld, done: Promise<unknown>): Promise<void> {
  let isDone = false;
  void done.then(() => {
    isDone = true;
  });
  while (!isDone) {
    world.clock.advanceBy(5_000);
    await new Promise(setImmediate);
  }
}
