import { afterAll, describe, expect, it } from '@jest/globals';
import type { Why } from '../api/answers.js';
import type { StartRequest } from '../api/api-client.js';
import { eventually } from '../crash/eventually.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

interface Stall {
  readonly workflow: string;
  readonly input?: unknown;
  readonly start?: Partial<StartRequest>;
  /** A signal to send. */
  readonly signal?: string;
  /** Its cause, as the first of the waits. */
  readonly cause: object;
  readonly notes?: readonly object[];
}

const retry = { initialInterval: '1h' };

const stalls: Readonly<Record<string, Stall>> = {
  'the start was delayed': { workflow: 'e2e.echo', start: { startDelay: '1h' }, cause: { kind: 'start-delay', until: expect.any(String) } },
  'no worker serves the queue of its activity': {
    workflow: 'e2e.uncaught',
    input: { activity: 'e2e.echo', options: { taskQueue: 'no-receiver' } },
    cause: { kind: 'activity-queued', workers: 0, taskQueue: 'no-receiver', remedy: expect.stringContaining('no-receiver') },
  },
  'no worker knows its activity': {
    workflow: 'e2e.uncaught',
    input: { activity: 'e2e.unheard-of' },
    cause: { kind: 'activity-handed-back', activity: 'e2e.unheard-of', what: expect.stringContaining('does not know the activity') },
  },
  'its activity has failed, and is tried again later': {
    workflow: 'e2e.uncaught',
    input: { activity: 'e2e.fail', input: { type: 'Busy' }, options: { retry } },
    cause: { kind: 'activity-backing-off', attempt: 2, lastFailure: { type: 'Busy' }, until: expect.any(String) },
  },
  'its activity runs': {
    workflow: 'e2e.uncaught',
    input: { activity: 'e2e.keep-beating', input: { beats: 100, everyMs: 100 }, options: { heartbeatTimeout: '5s' } },
    cause: { kind: 'activity-running', attempt: 1, worker: expect.any(String), workers: expect.any(Number) },
  },
  'no worker serves the queue of a map': {
    workflow: 'e2e.mapping',
    input: { items: [1, 2, 3], activity: 'e2e.echo', options: { taskQueue: 'no-receiver' } },
    cause: { kind: 'map', workers: 0, count: 3, done: 0, queued: 3, remedy: expect.stringContaining('no-receiver') },
  },
  'an item of a map has failed, and is tried again later': {
    workflow: 'e2e.mapping',
    input: { items: [{ type: 'Busy' }], activity: 'e2e.fail', options: { retry } },
    cause: {
      kind: 'map',
      backingOff: 1,
      oldest: { index: 0, state: 'backing-off', lastFailure: { type: 'Busy' } },
      until: expect.any(String),
    },
  },
  'a step backs off': {
    workflow: 'e2e.retried-step',
    input: { failures: 1, interval: '1h' },
    cause: { kind: 'step-backing-off', name: 'stubborn', attempt: 2, lastFailure: { type: 'Stubborn' }, until: expect.any(String) },
  },
  'it sleeps': { workflow: 'e2e.sleep', input: { duration: '1h' }, cause: { kind: 'timer', until: expect.any(String) } },
  'a signal was sent under another name': {
    workflow: 'e2e.collect',
    input: { name: 'approve', count: 1 },
    signal: 'aprove',
    cause: { kind: 'signal', names: ['approve'] },
    notes: [{ kind: 'signals-nobody-waits-for', signals: [{ name: 'aprove', count: 1 }] }],
  },
  'a condition does not hold': {
    workflow: 'e2e.never-met',
    cause: { kind: 'condition', predicates: [expect.stringContaining('items.length')] },
  },
  'its code awaits a promise that a handler may settle': {
    workflow: 'e2e.gated',
    cause: { kind: 'promise', signals: ['open'], updates: [], remedy: expect.stringContaining('deploy') },
    notes: [{ kind: 'signals-handled', names: ['open'] }],
  },
  'a step takes long': { workflow: 'e2e.step-with-timer', input: { ms: 4_000 }, cause: { kind: 'step', names: ['wait'] } },
  'its code calls what it must not': {
    workflow: 'e2e.forbidden-call',
    input: { call: 'fetch' },
    cause: { kind: 'suspension', suspension: { reason: 'non-deterministic' }, remedy: expect.stringContaining('/resume') },
  },
  'its code awaits what is not durable': {
    workflow: 'e2e.foreign-await',
    cause: { kind: 'suspension', suspension: { reason: 'foreign-await' } },
  },
  'its code leaves a rejection to nobody': {
    workflow: 'e2e.unhandled-rejection',
    cause: { kind: 'suspension', suspension: { reason: 'unhandled-rejection' } },
  },
  'its code asks for more than a history holds': {
    workflow: 'e2e.too-much-at-once',
    cause: { kind: 'suspension', suspension: { reason: 'limit' }, remedy: expect.stringContaining('MARATHON_HISTORY_EVENTS_MAX') },
  },
};

describe('why names the cause when', () => {
  let right = 0;
  afterAll(() => console.log(`why was right about ${right} of ${Object.keys(stalls).length} stalls`));

  it.each(Object.entries(stalls))('%s', async (_, { workflow, input, start, signal, cause, notes = [] }) => {
    const { workflowId } = await system.api.started(workflow, input, start);
    if (signal !== undefined) await system.api.signal(workflowId, signal);
    await eventually(async () => {
      const why: Why = await system.api.why(workflowId);
      expect(why.waits[0]).toMatchObject(cause);
      expect(why.notes).toMatchObject(notes);
      expect(why.what).toBe(why.waits[0]?.what);
    });
    right++;
    await system.api.terminate(workflowId);
  });

  it('it has ended', async () => {
    const { workflowId } = await system.api.run('e2e.failing', { message: 'sold out' });
    expect(await system.api.why(workflowId)).toMatchObject({
      status: 'Failed',
      waits: [],
      what: 'The run has failed: OutOfStock: sold out.',
    });
  });
});
