import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@marathon/memory';
import { type HistoryEvent, type Message, type Payload, type RunEvents, runId } from '../index.js';
import { EventFeed } from './event-feed.js';

const told = (id: string, seqs: readonly number[], chars = 10): RunEvents => ({
  runId: runId(id),
  workflowId: id,
  workflow: 'order',
  events: seqs.map((seq) => ({ seq, type: 'WorkflowCompleted', at: 0, data: {}, payload: 'x'.repeat(chars) as Payload }) as HistoryEvent),
});

let clock: ManualClock;
let sent: Message[];
let publishing: Promise<void>;
let feed: EventFeed;

beforeEach(() => {
  clock = new ManualClock();
  sent = [];
  publishing = Promise.resolve();
  const publish = async (messages: readonly Message[]) => {
    sent.push(...messages);
    await publishing;
    return { tooLarge: [] };
  };
  feed = new EventFeed({ publish }, clock);
});

const summary = () =>
  sent.map((message) => message.kind === 'run-events' && message.runs.map((run) => `${run.runId}: ${run.events.map(({ seq }) => seq)}`));

describe('an event feed', () => {
  it('tells what 20 ms bring in one message, the events of a run together (F2)', () => {
    feed.tell([told('a', [2]), told('b', [2, 3])]);
    clock.advanceBy(19);
    feed.tell([told('a', [3, 4])]);
    expect(sent).toEqual([]);
    clock.advanceBy(1);
    expect(summary()).toEqual([['a: 2,3,4', 'b: 2,3']]);
    feed.tell([told('a', [5])]);
    clock.advanceBy(20);
    expect(summary().at(-1)).toEqual(['a: 5']);
    expect(clock.nextAtMs).toBeUndefined();
  });

  it('tells sooner what is large, and what is small beside it in a message of its own (F3)', () => {
    feed.tell([told('a', [2]), told('b', [2], 300_000)]);
    expect(summary()).toEqual([['a: 2']]);
    feed.tell([told('c', [2])]);
    expect(summary()).toEqual([['a: 2'], ['b: 2']]);
  });

  it('does not tell what the stream is too slow for (F1, F3)', async () => {
    const taken = Promise.withResolvers<void>();
    publishing = taken.promise;
    for (let seq = 1; seq <= 10; seq += 1) {
      feed.tell([told('a', [seq])]);
      clock.advanceBy(20);
    }
    expect(sent).toHaveLength(4);
    taken.resolve();
    await feed.stop();
    feed.tell([told('a', [11])]);
    clock.advanceBy(20);
    expect(summary().at(-1)).toEqual(['a: 11']);
  });

  it('publishes what waits before it stops', async () => {
    feed.tell([told('a', [2])]);
    await feed.stop();
    expect(summary()).toEqual([['a: 2']]);
    expect(clock.nextAtMs).toBeUndefined();
  });
});
