import { describe, expect, it } from '@jest/globals';
import { type HistoryEvent, type RunStatus, runId } from '@marathon/core';
import { Bomb } from './bomb.js';
import { evidenceViolations } from './check-evidence.js';
import { crashWorkflows } from './crash.workflows.js';
import { type Evidence, Promises, type StoredRunEvidence } from './evidence.js';

// The checker is worth what it finds: each kind of violation is planted in evidence that is right otherwise.

const workflows = crashWorkflows(new Bomb());
const atMs = Date.UTC(2026, 0, 1);

type Told = { readonly type: HistoryEvent['type']; readonly data?: object; readonly payload?: unknown };

function run(
  id: string,
  workflow: string,
  status: RunStatus,
  told: readonly Told[],
  more: Partial<StoredRunEvidence> = {},
): StoredRunEvidence {
  const workflowId = id.split('#')[0] as string;
  const history = told.map(({ type, data = {}, payload }, i) => ({
    seq: i + 1,
    type,
    at: atMs + i,
    data: type === 'WorkflowStarted' ? { workflow, workflowId, taskQueue: 'default', ...data } : data,
    ...(payload !== undefined && { payload: JSON.stringify(payload) }),
  })) as unknown as HistoryEvent[];
  return { runId: runId(id), workflowId, workflow, status, lastSeq: told.length, requestsAccepted: 0, isClosed: true, history, ...more };
}

const sequence = () =>
  run('sequence', 'crash.sequence', 'Completed', [
    { type: 'WorkflowStarted', payload: { count: 1 } },
    { type: 'ActivityScheduled', data: { activity: 'crash.echo' }, payload: 1 },
    { type: 'ActivityCompleted', data: { activitySeq: 2, attempt: 1 }, payload: 1 },
    { type: 'WorkflowCompleted', payload: 1 },
  ]);

const steps = () =>
  run('steps', 'crash.steps', 'Completed', [
    { type: 'WorkflowStarted', payload: { count: 0 } },
    { type: 'WorkflowCompleted', payload: [] },
  ]);

const signal = (n: number, marker: string): Told => ({ type: 'SignalReceived', data: { n, name: 'item' }, payload: { marker } });

/** Two runs: the second was begun by the first. */
const relay = () => [
  run(
    'relay',
    'crash.relay',
    'ContinuedAsNew',
    [
      { type: 'WorkflowStarted', payload: { markers: [], count: 2 } },
      signal(1, 'm0'),
      { type: 'WorkflowContinuedAsNew', data: { newRunId: 'relay#2' }, payload: { markers: ['m0'], count: 2 } },
    ],
    { requestsAccepted: 1 },
  ),
  run(
    'relay#2',
    'crash.relay',
    'Completed',
    [
      { type: 'WorkflowStarted', data: { continuedFrom: 'relay' }, payload: { markers: ['m0'], count: 2 } },
      signal(1, 'm1'),
      { type: 'WorkflowCompleted', payload: ['m0', 'm1'] },
    ],
    { requestsAccepted: 1 },
  ),
];

const terminated = () =>
  run(
    'terminated',
    'crash.sleeping',
    'Terminated',
    [
      { type: 'WorkflowStarted' },
      { type: 'TimerStarted', data: { firesAtMs: atMs + 3_600_000, durationMs: 3_600_000 } },
      { type: 'WorkflowTerminated', data: { n: 1 } },
    ],
    { requestsAccepted: 1 },
  );

const updated = () =>
  run(
    'count',
    'crash.count',
    'Completed',
    [
      { type: 'WorkflowStarted', payload: { count: 1 } },
      { type: 'UpdateReceived', data: { n: 1, updateId: 'u1', name: 'add' }, payload: 1 },
      { type: 'UpdateCompleted', data: { updateSeq: 2 }, payload: 1 },
      { type: 'WorkflowCompleted', payload: 1 },
    ],
    { requestsAccepted: 1 },
  );

function flawless(): Evidence {
  const promises = new Promises();
  promises.starts.push(
    { workflowId: 'sequence', status: 'Completed', result: 1 },
    { workflowId: 'relay', status: 'Completed', result: ['m0', 'm1'] },
    { workflowId: 'terminated', status: 'Terminated' },
  );
  promises.signals.push(
    { workflowId: 'relay', sender: 'a', marker: 'm0', answer: 'accepted' },
    { workflowId: 'relay', sender: 'a', marker: 'm1', answer: 'accepted' },
    { workflowId: 'relay', sender: 'a', marker: 'm2', answer: 'refused' },
    { workflowId: 'relay', sender: 'b', marker: 'm3', answer: 'unanswered' },
  );
  promises.requests.push({ workflowId: 'terminated', kind: 'terminate' });
  promises.updates.push({ workflowId: 'count', updateId: 'u1', result: 1 });
  return { promises, runs: [sequence(), steps(), ...relay(), terminated(), updated()], outboxEntries: 0, waitingRequests: 0 };
}

/** The evidence with one run replaced. */
const withRun = (id: string, change: (run: StoredRunEvidence) => Partial<StoredRunEvidence>): Evidence => {
  const evidence = flawless();
  return { ...evidence, runs: evidence.runs.map((each) => (each.runId === id ? { ...each, ...change(each) } : each)) };
};

const withHistory = (id: string, change: (history: HistoryEvent[]) => HistoryEvent[]): Evidence =>
  withRun(id, ({ history }) => {
    const changed = change(structuredClone([...history]));
    return { history: changed, lastSeq: changed.at(-1)?.seq ?? 0 };
  });

const renumbered = (history: readonly HistoryEvent[]): HistoryEvent[] =>
  history.map((event, i) => ({ ...event, seq: i + 1, at: atMs + i }));

const withPromises = (change: (promises: Promises) => void): Evidence => {
  const evidence = flawless();
  change(evidence.promises);
  return evidence;
};

const planted: readonly (readonly [string, string, () => Evidence])[] = [
  [
    'a run that was answered 201 and is not there',
    'C1',
    () => ({ ...flawless(), runs: flawless().runs.filter(({ runId: id }) => id !== 'sequence') }),
  ],
  [
    'a start that was repeated as another run',
    'C1',
    () => ({ ...flawless(), runs: [...flawless().runs, { ...sequence(), runId: runId('sequence-again') }] }),
  ],
  [
    'a run that never closes',
    'C1',
    () => withRun('steps', () => ({ isClosed: false, status: 'Running', history: steps().history.slice(0, 1), lastSeq: 1 })),
  ],
  ['another status than promised', 'C1', () => withPromises(({ starts }) => starts.push({ workflowId: 'steps', status: 'Canceled' }))],
  ['a wrong result', 'C1', () => withPromises(({ starts }) => starts.push({ workflowId: 'steps', status: 'Completed', result: [1] }))],
  ['a gap', 'C2', () => withHistory('sequence', (history) => history.toSpliced(2, 1))],
  ['time that goes back', 'C2', () => withHistory('sequence', (history) => history.map((event, i) => ({ ...event, at: atMs - i })))],
  [
    'two outcomes of one activity',
    'C2',
    () => withHistory('sequence', (history) => renumbered(history.toSpliced(3, 0, history[2] as HistoryEvent))),
  ],
  [
    'two outcomes of one step',
    'C2',
    () => {
      const outcome = { type: 'StepCompleted', data: { step: 1, name: 'square' }, payload: '1' } as unknown as HistoryEvent;
      return withHistory('steps', (history) => renumbered(history.toSpliced(1, 0, outcome, outcome)));
    },
  ],
  ['an event behind the end', 'C2', () => withHistory('steps', (history) => renumbered([...history, history[1] as HistoryEvent]))],
  ['a row that is behind its history', 'C3', () => withRun('sequence', () => ({ lastSeq: 3 }))],
  ['a row with another status than its history', 'C3', () => withRun('steps', () => ({ status: 'Failed' }))],
  ['a request that was accepted and never taken', 'C3', () => withRun('relay#2', () => ({ requestsAccepted: 2 }))],
  [
    'a history that its code does not replay to',
    'C4',
    () => withHistory('sequence', (history) => history.map((event) => (event.seq === 2 ? { ...event, payload: '2' as never } : event))),
  ],
  [
    'an end that its code does not come to',
    'C4',
    () => withHistory('sequence', (history) => history.map((event) => (event.seq === 4 ? { ...event, payload: '2' as never } : event))),
  ],
  ['a signal that was accepted and is lost', 'C5', () => withPromises(({ signals }) => signals.push({ ...accepted, marker: 'lost' }))],
  [
    'a signal that was taken twice',
    'C5',
    () =>
      withHistory('relay#2', (history) =>
        renumbered([
          ...history.slice(0, 2),
          { ...(history[1] as HistoryEvent), data: { n: 2, name: 'item' } } as HistoryEvent,
          ...history.slice(2),
        ]),
      ),
  ],
  [
    'a signal that was refused and is there',
    'C5',
    () => withPromises(({ signals }) => signals.splice(1, 1, { ...accepted, marker: 'm1', answer: 'refused' })),
  ],
  ['signals in another order than they were sent', 'C5', () => withPromises(({ signals }) => signals.reverse())],
  [
    'a cancellation that was accepted and is lost',
    'C6',
    () => withPromises(({ requests }) => requests.push({ workflowId: 'sequence', kind: 'cancel' })),
  ],
  ['an entry that is left in the outbox', 'C7', () => ({ ...flawless(), outboxEntries: 1 })],
  ['a request that is left', 'C7', () => ({ ...flawless(), waitingRequests: 1 })],
  [
    'an update that was answered and is lost',
    'C8',
    () => withPromises(({ updates }) => updates.push({ workflowId: 'count', updateId: 'u2', result: 2 })),
  ],
  [
    'an update that was answered otherwise than its history says',
    'C8',
    () => withPromises(({ updates }) => updates.splice(0, 1, { workflowId: 'count', updateId: 'u1', result: 2 })),
  ],
  [
    'an update that was taken twice',
    'C8',
    () =>
      withHistory('count', (history) =>
        renumbered([
          ...history.slice(0, 3),
          { ...(history[1] as HistoryEvent), data: { n: 2, updateId: 'u1', name: 'add' } } as HistoryEvent,
          { ...(history[2] as HistoryEvent), data: { updateSeq: 4 } } as HistoryEvent,
          ...history.slice(3),
        ]),
      ),
  ],
];

const accepted = { workflowId: 'relay', sender: 'a', answer: 'accepted' } as const;

describe('the checker', () => {
  it('finds nothing where nothing is wrong', async () => {
    expect(await evidenceViolations(flawless(), workflows)).toEqual([]);
  });

  it.each(planted)('finds %s (%s)', async (_, rule, plant) => {
    expect(await evidenceViolations(plant(), workflows)).toContainEqual(expect.stringContaining(`(${rule})`));
  });
});
