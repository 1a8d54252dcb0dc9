import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@marathon/memory';
import { type Message, type OutboxEntryId, outboxEntryId, Relay, runId, StreamPublishError } from '../index.js';

const message = (n: number): Message => ({ kind: 'activity-cancel-requested', runId: runId('r'), activitySeq: n });
const entry = outboxEntryId('1');
const tick = () => new Promise((resolve) => setImmediate(resolve));

let clock: ManualClock;
let sent: Message[];
let deleted: OutboxEntryId[];
let tooLarge: Message[];
let publish: (messages: readonly Message[]) => Promise<{ readonly tooLarge: readonly Message[] }>;

beforeEach(() => {
  clock = new ManualClock();
  sent = [];
  deleted = [];
  tooLarge = [];
  publish = async (messages) => {
    sent.push(...messages);
    return { tooLarge: [] };
  };
});

function createRelay() {
  const outbox = { claimEntries: async () => [], deleteEntries: async (ids: readonly OutboxEntryId[]) => void deleted.push(...ids) };
  const log = { info() {}, warn() {}, error() {} };
  return new Relay({ publish: (messages) => publish(messages) }, outbox, (one) => tooLarge.push(one), clock, log);
}

describe('the relay', () => {
  it('publishes at once, and lets the next commit delete the entry', async () => {
    const relay = createRelay();
    relay.send(entry, [message(1)]);
    await tick();
    expect(sent).toEqual([message(1)]);
    expect(relay.takePublished()).toEqual([entry]);
    expect(relay.takePublished()).toEqual([]);
  });

  it('deletes an entry itself when no commit does, and never one that was not published', async () => {
    const relay = createRelay();
    publish = () => Promise.reject(new StreamPublishError('no', []));
    relay.send(outboxEntryId('7'), [message(1)]);
    await tick();
    publish = async () => ({ tooLarge: [] });
    relay.send(entry, []);
    await tick();
    expect(deleted).toEqual([]);
    clock.advanceBy(1_000);
    await tick();
    expect(deleted).toEqual([entry]);
  });

  it('has entries deleted that came back from a commit that did not happen', async () => {
    const relay = createRelay();
    relay.send(entry, [message(1)]);
    await tick();
    relay.putBack(relay.takePublished());
    clock.advanceBy(1_000);
    await tick();
    expect(deleted).toEqual([entry]);
  });

  it('sends what is too large without its content, and gives back what cannot do without', async () => {
    const relay = createRelay();
    const start: Message = { kind: 'run-started', to: { taskQueue: 'q', partition: 0 }, runId: runId('r'), started: {} as never };
    publish = async (messages) => {
      const large = messages.filter((one) => one.kind !== 'run-started' || one.started);
      sent.push(...messages.filter((one) => !large.includes(one)));
      return { tooLarge: large };
    };
    relay.send(entry, [start, message(1)]);
    await tick();
    expect(sent).toEqual([{ kind: 'run-started', to: start.to, runId: 'r' }]);
    expect(tooLarge).toEqual([message(1)]);
  });

  it('takes no more than it may have under way: the rest is the sweeper’s', async () => {
    const relay = createRelay();
    const batch = Array.from({ length: 15_000 }, (_, n) => message(n));
    let published = 0;
    publish = (messages) => {
      published += messages.length;
      return new Promise(() => {});
    };
    for (let i = 0; i < 5; i++) relay.send(outboxEntryId(`${i}`), batch);
    expect([published, relay.hasRoom]).toEqual([15_000, false]);
    relay.send(undefined, batch);
    expect(published).toBe(30_000);
  });

  it('waits at its stop for what is under way, and deletes it', async () => {
    const relay = createRelay();
    const taken = Promise.withResolvers<{ tooLarge: [] }>();
    publish = () => taken.promise;
    relay.send(entry, [message(1)]);
    const stopped = relay.stop();
    taken.resolve({ tooLarge: [] });
    await stopped;
    expect(deleted).toEqual([entry]);
  });

  it('does not wait for ever for a stream that takes nothing', async () => {
    const relay = createRelay();
    publish = () => new Promise(() => {});
    relay.send(entry, [message(1)]);
    const stopped = relay.stop();
    clock.advanceBy(1_000);
    await stopped;
    expect(deleted).toEqual([]);
  });
});
