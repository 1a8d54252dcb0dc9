import {
  type AnyWorkflowDefinition,
  Definitions,
  decodePayload,
  Execution,
  type HistoryEvent,
  replay,
  TurnLoop,
  type TypedEvent,
} from '@marathon/core';
import { closingStatusOf, historyViolations } from '../history-checks.js';
import type { Evidence, SignalPromise, StoredRunEvidence } from './evidence.js';

// What must hold once everything is over, however often processes died meanwhile.
//   C1  A start that was answered is one chain of runs, the last of which closed as promised, with the right result. No run is left open.
//   C2  Every history is whole: what `historyViolations` says.
//   C3  A run's row says what its history says.
//   C4  Every history replays to the commands that it has.
//   C5  A signal that was answered 202 is in its workflow's histories once, behind those that its sender sent before; one that was
//       refused is in none, and one without an answer is in one at most.
//   C6  A cancellation or termination that was answered 202 is in a history.
//   C7  Outbox and requests are empty.
//   C8  An update that was answered is in its workflow's histories once, with that answer.

/** What is wrong, in words; nothing when all of C1–C8 holds. */
export async function evidenceViolations(evidence: Evidence, workflows: readonly AnyWorkflowDefinition[]): Promise<readonly string[]> {
  const chains = chainsOf(evidence.runs);
  const replayed = await Promise.all(evidence.runs.map((run) => replayViolations(run, new Definitions(workflows))));
  return [
    ...startViolations(evidence, chains),
    ...evidence.runs.flatMap((run) => [...wholenessViolations(run), ...rowViolations(run)]),
    ...replayed.flat(),
    ...signalViolations(evidence.promises.signals, chains),
    ...requestViolations(evidence, chains),
    ...updateViolations(evidence, chains),
    ...(evidence.outboxEntries === 0 ? [] : [`${evidence.outboxEntries} entries are left in the outbox (C7)`]),
    ...(evidence.waitingRequests === 0 ? [] : [`${evidence.waitingRequests} requests are left (C7)`]),
  ];
}

type Chain = readonly StoredRunEvidence[];

const startedOf = ({ history }: StoredRunEvidence) => history[0] as TypedEvent<'WorkflowStarted'> | undefined;

/** The runs of each workflow id, each before its successor. */
function chainsOf(runs: readonly StoredRunEvidence[]): ReadonlyMap<string, readonly Chain[]> {
  const successors = new Map(runs.map((run) => [startedOf(run)?.data.continuedFrom, run]));
  const chainFrom = (run: StoredRunEvidence): Chain => {
    const successor = successors.get(run.runId);
    return successor ? [run, ...chainFrom(successor)] : [run];
  };
  const firsts = runs.filter((run) => startedOf(run)?.data.continuedFrom === undefined);
  return Map.groupBy(firsts.map(chainFrom), ([first]) => (first as StoredRunEvidence).workflowId);
}

function startViolations({ promises, runs }: Evidence, chains: ReadonlyMap<string, readonly Chain[]>): readonly string[] {
  const open = runs.filter(({ isClosed }) => !isClosed).map((run) => `${nameOf(run)} is still ${run.status} (C1)`);
  const broken = promises.starts.flatMap(({ workflowId, ...expected }) => {
    const found = chains.get(workflowId) ?? [];
    const last = found[0]?.at(-1);
    if (found.length !== 1 || !last) return [`${workflowId} was started ${found.length} times (C1)`];
    const closing = last.history.at(-1);
    const result = decodePayload(closing?.payload);
    return [
      ...(last.status === expected.status ? [] : [`${nameOf(last)} is ${last.status}, not ${expected.status} (C1)`]),
      ...(!('result' in expected) || isEqual(result, expected.result)
        ? []
        : [`${nameOf(last)} results in ${JSON.stringify(result)}, not in ${JSON.stringify(expected.result)} (C1)`]),
    ];
  });
  return [...open, ...broken];
}

function wholenessViolations(run: StoredRunEvidence): readonly string[] {
  const entries = run.history.map(({ seq, type, at, data }) => ({ seq, type, at: new Date(at).toISOString(), data: { ...data } }));
  return historyViolations(entries).map((violation) => `${nameOf(run)}: ${violation} (C2)`);
}

function rowViolations(run: StoredRunEvidence): readonly string[] {
  const { history, lastSeq, status, isClosed, requestsAccepted } = run;
  const closed = closingStatusOf(history.at(-1)?.type ?? '');
  const taken = history.reduce((n, event) => Math.max(n, numberOf(event) ?? 0), 0);
  return [
    ...(history.at(-1)?.seq === lastSeq ? [] : [`${nameOf(run)} is at ${lastSeq}, its history at ${history.at(-1)?.seq} (C3)`]),
    ...(isClosed === (closed !== undefined) && (!closed || closed === status)
      ? []
      : [`${nameOf(run)} is ${status}, its history ${closed} (C3)`]),
    // A run ends with its first termination: a second one, which was accepted meanwhile, has no event of its own.
    ...(!isClosed || taken === requestsAccepted || (status === 'Terminated' && taken < requestsAccepted)
      ? []
      : [`${nameOf(run)} accepted ${requestsAccepted} requests and took ${taken} (C3)`]),
  ];
}

async function replayViolations(run: StoredRunEvidence, definitions: Definitions): Promise<readonly string[]> {
  const started = startedOf(run);
  const definition = definitions.get(run.workflow);
  if (!started || !definition) return [`${nameOf(run)} cannot be replayed (C4)`];
  const execution = new Execution(run.runId, definition, started, () => {});
  const { divergence } = await replay(execution, run.history, new TurnLoop({ turnBegan() {}, turnEnded() {} }));
  return divergence ? [`${nameOf(run)}: ${divergence.message}: ${divergence.expected} / ${divergence.actual} (C4)`] : [];
}

function signalViolations(signals: readonly SignalPromise[], chains: ReadonlyMap<string, readonly Chain[]>): readonly string[] {
  const byWorkflow = Map.groupBy(signals, ({ workflowId }) => workflowId);
  return [...byWorkflow].flatMap(([workflowId, sent]) => {
    const received = (chains.get(workflowId) ?? []).flat().flatMap(({ history }) => history.flatMap((event) => markerOf(event) ?? []));
    const counts = sent.flatMap(({ marker, answer }) => {
      const times = received.filter((each) => each === marker).length;
      const isRight = { accepted: times === 1, refused: times === 0, unanswered: times <= 1 }[answer];
      return isRight ? [] : [`signal ${marker} was ${answer}, and is in the history ${times} times (C5)`];
    });
    return [...counts, ...disorder(sent, received)];
  });
}

function disorder(sent: readonly SignalPromise[], received: readonly string[]): readonly string[] {
  return [...Map.groupBy(sent, ({ sender }) => sender).values()].flatMap((signals) => {
    const places = signals.map(({ marker }) => received.indexOf(marker)).filter((place) => place >= 0);
    return places.every((place, i) => i === 0 || place > (places[i - 1] as number))
      ? []
      : [`signals of ${signals[0]?.workflowId}/${signals[0]?.sender} came in another order than they were sent (C5)`];
  });
}

function requestViolations({ promises }: Evidence, chains: ReadonlyMap<string, readonly Chain[]>): readonly string[] {
  const types = { cancel: 'CancelRequested', terminate: 'WorkflowTerminated' } as const;
  return promises.requests.flatMap(({ workflowId, kind }) => {
    const events = (chains.get(workflowId) ?? []).flat().flatMap(({ history }) => history);
    return events.some(({ type }) => type === types[kind]) ? [] : [`the ${kind} of ${workflowId} was accepted, and is in no history (C6)`];
  });
}

function updateViolations({ promises }: Evidence, chains: ReadonlyMap<string, readonly Chain[]>): readonly string[] {
  return promises.updates.flatMap(({ workflowId, updateId, result }) => {
    const runs = (chains.get(workflowId) ?? []).flat();
    const results = runs.flatMap(({ history }) => resultsOf(history, updateId));
    if (results.length === 1 && isEqual(results[0], result)) return [];
    return [`update ${updateId} was answered ${JSON.stringify(result)}, and by its history ${JSON.stringify(results)} (C8)`];
  });
}

/** One for each time that the update was received. */
const resultsOf = (history: readonly HistoryEvent[], updateId: string): readonly unknown[] =>
  history
    .filter(({ type, data }) => type === 'UpdateReceived' && data.updateId === updateId)
    .map(({ seq }) => decodePayload(history.find(({ type, data }) => type === 'UpdateCompleted' && data.updateSeq === seq)?.payload));

const numberOf = ({ data }: HistoryEvent): number | undefined => ('n' in data ? data.n : undefined);
const markerOf = (event: HistoryEvent): string | undefined =>
  event.type === 'SignalReceived' ? (decodePayload(event.payload) as { marker: string }).marker : undefined;
const nameOf = ({ workflow, workflowId, runId }: StoredRunEvidence): string => `${workflow} ${workflowId} (${runId})`;
const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
