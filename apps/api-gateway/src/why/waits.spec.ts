import { describe, expect, it } from '@jest/globals';
import { type HistoryEvent, type MapProgress, RunState, type RunSurroundings, runId, shardId } from '@marathon/core';
import type { RunWaitKind } from '@marathon/protocol';
import { notesOf } from './notes.js';
import type { RunView, World } from './run-view.js';
import { waitsOf } from './waits.js';

type Sketch = readonly [type: HistoryEvent['type'], data: object];

const startedAtMs = 1_000_000;
const nowMs = startedAtMs + 10_000;
const failure = { type: 'Declined', message: 'no money' };

const mapProgress: MapProgress = {
  ...{
    mapSeq: 2,
    activity: 'charge',
    taskQueue: 'orders',
    count: 9,
    done: 4,
    failed: 0,
    queued: 2,
    running: 0,
    deferred: 0,
    backingOff: 1,
  },
  scheduledAtMs: startedAtMs,
  oldest: {
    ...{ index: 3, activitySeq: 2 ** 30 + 3, attempt: 2, state: 'backing-off', sinceMs: nowMs - 100, untilMs: nowMs + 900 },
    lastFailure: failure,
  },
};

interface Given {
  readonly started?: object;
  readonly surroundings?: Partial<RunSurroundings>;
  readonly world?: Partial<World>;
}

/** An open run of `order` on `orders`, with these events 1 s apart after its start, in a world in which all is well. */
function viewOf(events: readonly Sketch[], { started, surroundings, world }: Given = {}): RunView {
  const data = { workflow: 'order', workflowId: 'o 1', taskQueue: 'orders', ...started };
  const all: readonly Sketch[] = [['WorkflowStarted', data], ...events];
  const history = all.map(([type, data], i) => ({ seq: i + 1, type, at: startedAtMs + i * 1_000, data }) as unknown as HistoryEvent);
  const state = RunState.of(history);
  return {
    state,
    atMs: (seq) => (history[seq - 1] as HistoryEvent).at,
    run: {
      runId: runId('019aa000-0000-7000-8000-000000000000'),
      workflowId: 'o 1',
      workflow: 'order',
      taskQueue: 'orders',
      shard: shardId(1),
      status: state.status,
      startedAtMs,
      closedAtMs: undefined,
      lastSeq: state.lastSeq,
      awaitedSignals: [],
    },
    surroundings: {
      lastSeq: state.lastSeq,
      wakeCauses: 0,
      awaitedSignals: [],
      codeWaits: {},
      owner: 'orchestrator-1',
      requests: [],
      unpublishedSinceMs: undefined,
      ...surroundings,
    },
    awaitedLimits: [],
    world: { nowMs, isStreamUsable: true, orchestrators: 1, workers: new Map([['orders', 2]]), registeredOn: ['orders'], ...world },
  };
}

const kindsOf = (view: RunView): readonly RunWaitKind[] => waitsOf(view).map(({ kind }) => kind);
const nobody = { workers: new Map([['orders', 0]]) };
const scheduled: Sketch = ['ActivityScheduled', { activity: 'charge', startToCloseTimeoutMs: 60_000 }];
const announced: Sketch = ['ActivityStarted', { activitySeq: 2, attempt: 1, worker: 'w-1' }];
const retry = (attempt: number, firesAtMs: number, more = failure): Sketch => [
  'ActivityRetryScheduled',
  { activitySeq: 2, attempt, firesAtMs, failure: more },
];
const timer = (firesAtMs: number): Sketch => ['TimerStarted', { firesAtMs, durationMs: 1 }];
const suspended = (reason: string): Sketch => ['WorkflowSuspended', { suspension: { reason, message: 'm' }, unprocessedFrom: 2 }];
const isBack = { type: 'HandedBack', message: 'this worker does not know the activity "charge"' };

describe('what a run waits for', () => {
  it.each<[name: string, view: RunView, first: object]>([
    [
      'its start, to be taken',
      viewOf([], { surroundings: { wakeCauses: 1 } }),
      { kind: 'orchestrator', sinceMs: startedAtMs, owner: 'orchestrator-1' },
    ],
    [
      'the end of its start delay',
      viewOf([], { started: { startDelayMs: 20_000 } }),
      { kind: 'start-delay', sinceMs: startedAtMs, untilMs: startedAtMs + 20_000 },
    ],
    [
      'a worker, and there is none',
      viewOf([scheduled], { world: nobody }),
      {
        kind: 'activity-queued',
        sinceMs: startedAtMs + 1_000,
        workers: 0,
        activity: 'charge',
        what: 'Attempt 1 of 10 of activity "charge" waits for a worker: no worker listens on task queue "orders".',
        remedy: 'Start a worker that serves task queue "orders".',
      },
    ],
    ['a worker, and all are busy', viewOf([scheduled]), { kind: 'activity-queued', workers: 2, remedy: expect.stringContaining('busy') }],
    [
      'a worker, for too long',
      viewOf([['ActivityScheduled', { activity: 'charge', scheduleToStartTimeoutMs: 60_000 }]]),
      { kind: 'activity-queued', untilMs: startedAtMs + 61_000, timeout: 'scheduleToStart' },
    ],
    [
      'an attempt that runs',
      viewOf([scheduled, announced]),
      { kind: 'activity-running', worker: 'w-1', sinceMs: startedAtMs + 2_000, untilMs: startedAtMs + 62_000, timeout: 'startToClose' },
    ],
    [
      'an attempt whose worker has gone',
      viewOf([scheduled, announced], { world: nobody }),
      { kind: 'activity-running', workers: 0, remedy: expect.stringContaining('Start a worker') },
    ],
    [
      'a back-off',
      viewOf([scheduled, retry(2, nowMs + 5_000)]),
      {
        kind: 'activity-backing-off',
        sinceMs: startedAtMs + 2_000,
        untilMs: nowMs + 5_000,
        lastFailure: failure,
        what: expect.stringContaining('attempt 1 failed with Declined: no money'),
      },
    ],
    [
      'the back-off of a step',
      viewOf([['StepRetryScheduled', { step: 3, name: 'rate', attempt: 2, firesAtMs: nowMs + 5_000, failure }]]),
      {
        kind: 'step-backing-off',
        sinceMs: startedAtMs + 1_000,
        untilMs: nowMs + 5_000,
        ...{ step: 3, name: 'rate', attempt: 2, lastFailure: failure },
        what: expect.stringContaining('Attempt 2 of the step "rate"'),
      },
    ],
    [
      'a worker that knows the activity',
      viewOf([scheduled, retry(1, nowMs + 5_000, isBack)]),
      { kind: 'activity-handed-back', what: expect.stringContaining('does not know the activity "charge"') },
    ],
    [
      'a worker that knows the activity, while it is offered again',
      viewOf([scheduled, retry(1, nowMs - 10, isBack), ['ActivityRetryDue', { activitySeq: 2, attempt: 1 }]]),
      { kind: 'activity-handed-back' },
    ],
    [
      'the items of a map',
      viewOf([['MapScheduled', { activity: 'charge', count: 9, firstItem: 2 ** 30, digest: '', concurrency: 3 }]], {
        surroundings: { codeWaits: { maps: [mapProgress, { ...mapProgress, mapSeq: 1 }] } },
        world: { workers: new Map([['orders', 0]]) },
      }),
      {
        kind: 'map',
        ...{ mapSeq: 2, count: 9, done: 4, backingOff: 1, workers: 0, oldest: { index: 3, state: 'backing-off' } },
        ...{ sinceMs: nowMs - 100, untilMs: nowMs + 900, remedy: expect.stringContaining('"orders"') },
        what: expect.stringContaining('has done 4 of 9 items; attempt 2 of item 3'),
      },
    ],
    ['a timer', viewOf([timer(nowMs + 500)]), { kind: 'timer', timerSeq: 2, sinceMs: startedAtMs + 1_000, untilMs: nowMs + 500 }],
    [
      'a timer that should have fired',
      viewOf([timer(nowMs - 4_000)]),
      { kind: 'orchestrator', sinceMs: nowMs - 4_000, remedy: expect.any(String) },
    ],
    [
      'a signal',
      viewOf([timer(nowMs - 6_000), ['TimerFired', { timerSeq: 2 }]], { surroundings: { awaitedSignals: ['go on'] } }),
      { kind: 'signal', names: ['go on'], sinceMs: startedAtMs + 2_000, remedy: 'Send it: POST /workflows/o%201/signals/go%20on.' },
    ],
    ['a step', viewOf([], { surroundings: { wakeCauses: 2, codeWaits: { steps: ['total'] } } }), { kind: 'step', names: ['total'] }],
    [
      'a child that is not started',
      viewOf([['ChildWorkflowInitiated', { workflow: 'ship', workflowId: 'ship 1' }]]),
      {
        kind: 'child-start',
        childSeq: 2,
        workflow: 'ship',
        childWorkflowId: 'ship 1',
        remedy: expect.stringContaining('registered "ship"'),
      },
    ],
    [
      'a child that has not closed',
      viewOf([
        ['ChildWorkflowInitiated', { workflow: 'ship', workflowId: 'ship 1' }],
        ['ChildWorkflowStarted', { childSeq: 2 }],
      ]),
      { kind: 'child', childSeq: 2, sinceMs: startedAtMs + 1_000, remedy: 'Ask what it waits for: GET /workflows/ship%201/why.' },
    ],
    [
      'a signal for another workflow that is not brought there',
      viewOf([['ExternalSignalRequested', { workflowId: 'other', name: 'go' }]]),
      { kind: 'external-request', requestSeq: 2, what: 'The signal "go" is not brought to workflow "other" yet.' },
    ],
    [
      'a cancellation for a child that is not brought there',
      viewOf([
        ['ChildWorkflowInitiated', { workflow: 'ship', workflowId: 'ship 1' }],
        ['ChildWorkflowStarted', { childSeq: 2 }],
        ['ExternalCancelRequested', { childSeq: 2 }],
      ]),
      { kind: 'external-request', requestSeq: 4, what: 'A cancellation is not brought to the child "ship 1" yet.' },
    ],
    [
      'a condition',
      viewOf([['TimerCanceled', { timerSeq: 9 }]], { surroundings: { codeWaits: { conditions: ['() => paid'] } } }),
      { kind: 'condition', predicates: ['() => paid'] },
    ],
    [
      'a promise that a handler may settle',
      viewOf([['TimerCanceled', { timerSeq: 9 }]], {
        surroundings: { wakeCauses: 1024 + 16, awaitedSignals: ['go'], codeWaits: { handledSignals: ['go'], handledUpdates: ['add'] } },
      }),
      {
        kind: 'promise',
        signals: ['go'],
        updates: ['add'],
        what: expect.stringContaining(
          'The code awaits a promise that is not durable: no event settles it; other code of the run may, such as its handlers (signal "go", update "add")',
        ),
        remedy: expect.stringContaining('a lock'),
      },
    ],
    [
      'code that is mended',
      viewOf([scheduled, suspended('non-deterministic')]),
      { kind: 'suspension', sinceMs: startedAtMs + 2_000, remedy: expect.stringContaining('POST /workflows/o%201/resume') },
    ],
    ['nothing that is known', viewOf([['TimerCanceled', { timerSeq: 9 }]]), { kind: 'code' }],
    [
      'an orchestrator, above all',
      viewOf([scheduled], { world: { ...nobody, orchestrators: 0 } }),
      { kind: 'orchestrator', orchestrators: 0, remedy: 'Start an orchestrator that serves task queue "orders".' },
    ],
    ['the stream', viewOf([scheduled], { world: { isStreamUsable: false, orchestrators: undefined } }), { kind: 'stream' }],
    [
      'a build that has its workflow',
      viewOf([scheduled], { world: { registeredOn: ['elsewhere'] } }),
      { kind: 'definition', registeredOn: ['elsewhere'] },
    ],
    [
      'a request to be taken',
      viewOf([timer(nowMs + 1_000)], { surroundings: { requests: [{ kind: 'signal', name: 'go', acceptedAtMs: nowMs - 10 }] } }),
      { kind: 'request', request: 'signal', name: 'go', count: 1, sinceMs: nowMs - 10 },
    ],
    [
      'an owner that takes its requests',
      viewOf([timer(nowMs + 1_000)], { surroundings: { requests: [{ kind: 'cancel', acceptedAtMs: nowMs - 9_000 }], owner: undefined } }),
      { kind: 'orchestrator', sinceMs: nowMs - 9_000, what: expect.stringContaining('Nobody has taken the shard') },
    ],
    [
      'what the outbox has',
      viewOf([scheduled], { surroundings: { unpublishedSinceMs: nowMs - 5_000 } }),
      { kind: 'publication', sinceMs: nowMs - 5_000 },
    ],
  ])('%s', (_, view, first) => {
    expect(waitsOf(view)[0]).toMatchObject(first);
  });

  it('is perhaps a promise, where a handler is under way while its function waits', () => {
    const surroundings = { wakeCauses: 1024 + 16, awaitedSignals: ['go'], codeWaits: { handledUpdates: ['add'] } };
    expect(waitsOf(viewOf([['TimerCanceled', { timerSeq: 9 }]], { surroundings }))).toMatchObject([
      { kind: 'signal', names: ['go'] },
      { kind: 'promise', what: expect.stringMatching(/^Some of the code awaits what other code awaits, too, or it awaits a promise/) },
    ]);
  });

  it('for whoever has its token, when it is deferred', () => {
    const deferred: Sketch = ['ActivityDeferred', { activitySeq: 2, attempt: 1 }];
    expect(waitsOf(viewOf([scheduled, announced, deferred], { world: nobody }))).toMatchObject([
      { kind: 'activity-deferred', sinceMs: startedAtMs + 2_000, untilMs: startedAtMs + 62_000, remedy: expect.stringContaining('token') },
    ]);
  });

  it('is everything at once, with its time-out as the last', () => {
    const view = viewOf([scheduled, timer(nowMs + 1_000)], {
      started: { runTimeoutMs: 60_000 },
      surroundings: { wakeCauses: 1024, awaitedSignals: ['go'], codeWaits: { steps: ['s'], conditions: ['c'] } },
    });
    expect(kindsOf(view)).toEqual(['timer', 'step', 'activity-queued', 'signal', 'condition', 'promise', 'run-timeout']);
  });

  it('is not what its code waited for before it was suspended', () => {
    const view = viewOf([suspended('limit')], { surroundings: { wakeCauses: 1024, awaitedSignals: ['go'], codeWaits: { steps: ['s'] } } });
    expect(kindsOf(view)).toEqual(['suspension']);
  });

  it('is told for all that a history can leave open', () => {
    type Open = { [Field in keyof RunState]: RunState[Field] extends ReadonlyMap<unknown, unknown> ? Field : never }[keyof RunState];
    const told: Record<Open, readonly [event: Sketch, kind: RunWaitKind] | 'nothing that a run waits for'> = {
      activities: [scheduled, 'activity-queued'],
      timers: [timer(nowMs + 1_000), 'timer'],
      exhausted: 'nothing that a run waits for',
      ownersEnded: 'nothing that a run waits for',
    };
    for (const expected of Object.values(told)) {
      if (typeof expected !== 'string') expect(kindsOf(viewOf([expected[0]]))).toEqual([expected[1]]);
    }
  });
});

describe('what may explain it', () => {
  it('are signals that nobody waits for, handlers and a cancellation', () => {
    const notes = notesOf(
      viewOf([['CancelRequested', { n: 1 }]], {
        surroundings: {
          awaitedSignals: ['approve'],
          codeWaits: { bufferedSignals: [{ name: 'aprove', count: 2 }], handledSignals: ['log'] },
        },
      }),
    );
    expect(notes).toMatchObject([
      {
        kind: 'signals-nobody-waits-for',
        what: expect.stringContaining('"aprove" (2)'),
        remedy: 'Is a name misspelled? The code takes "approve" now.',
      },
      { kind: 'signals-handled', names: ['log'] },
      { kind: 'cancel-requested' },
    ]);
  });

  it('is a history that has grown long', () => {
    const view = viewOf([scheduled]);
    view.state.lastSeq = 9_999;
    expect(notesOf(view)).toEqual([]);
    view.state.lastSeq = 10_000;
    expect(notesOf(view)).toMatchObject([{ kind: 'history-long', events: 10_000, remedy: expect.stringContaining('ctx.continueAsNew') }]);
  });
});
