// What must hold of every history, whatever happened to the processes that wrote it.
//   H1  Sequence numbers run from 1 without gaps, and time never goes back.
//   H2  It begins with WorkflowStarted, and nothing follows a closing event.
//   H3  An activity, a timer, a child, a request to another run and a step have one outcome at most, and none that was not begun.
//   H4  Requests stand in the order of their numbers, each once.
//   H5  Attempts of an activity, and of a step, count up by one.
//   H6  The result that the API gives is the one that the history ends with.

export interface HistoryEntry {
  readonly seq: number;
  readonly type: string;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What `GET /workflows/{workflowId}/result` says of a run. */
export interface RunOutcome {
  readonly status: string;
  readonly result?: unknown;
  readonly failure?: unknown;
}

const closingStatuses: Readonly<Record<string, string>> = {
  WorkflowCompleted: 'Completed',
  WorkflowFailed: 'Failed',
  WorkflowCanceled: 'Canceled',
  WorkflowTimedOut: 'TimedOut',
  WorkflowTerminated: 'Terminated',
  WorkflowContinuedAsNew: 'ContinuedAsNew',
};

/** The status that a run has after an event of this type, when it closes the run. */
export const closingStatusOf = (type: string): string | undefined => closingStatuses[type];

/** Of a run's status. */
export const isClosed = (status: string): boolean => Object.values(closingStatuses).includes(status);

const activityOutcomes = ['ActivityCompleted', 'ActivityFailed', 'ActivityTimedOut', 'ActivityCanceled'];
const activityEvents = [
  ...activityOutcomes,
  'ActivityStarted',
  'ActivityDeferred',
  'ApprovalEscalated',
  'ActivityRetryScheduled',
  'ActivityRetryDue',
];
const timerOutcomes = ['TimerFired', 'TimerCanceled'];
const childOutcomes = ['ChildWorkflowStartFailed', 'ChildWorkflowClosed'];
const childEvents = [...childOutcomes, 'ChildWorkflowStarted'];
const requestOutcomes = ['ExternalRequestAccepted', 'ExternalRequestFailed'];
const stepOutcomes = ['StepCompleted', 'StepFailed'];

/** What is wrong with a run's whole history, in words; nothing when all of H1–H5 holds. */
export function historyViolations(history: readonly HistoryEntry[]): readonly string[] {
  return [
    ...orderViolations(history),
    ...frameViolations(history),
    ...outcomeViolations(history, 'ActivityScheduled', activityOutcomes, 'activitySeq'),
    ...strangerViolations(history, 'ActivityScheduled', activityEvents, 'activitySeq'),
    ...outcomeViolations(history, 'TimerStarted', timerOutcomes, 'timerSeq'),
    ...strangerViolations(history, 'TimerStarted', timerOutcomes, 'timerSeq'),
    ...outcomeViolations(history, 'ChildWorkflowInitiated', childOutcomes, 'childSeq'),
    ...strangerViolations(history, 'ChildWorkflowInitiated', childEvents, 'childSeq'),
    ...outcomeViolations(history, 'ExternalSignalRequested', requestOutcomes, 'requestSeq'),
    ...outcomeViolations(history, 'ExternalCancelRequested', requestOutcomes, 'requestSeq'),
    ...stepViolations(history),
    ...requestViolations(history),
    ...attemptViolations(history),
  ];
}

/** What is wrong between a run's history and the outcome that the API gives for it (H6). */
export function outcomeMismatches(history: readonly HistoryEntry[], outcome: RunOutcome): readonly string[] {
  const last = history.at(-1);
  const status = closingStatusOf(last?.type ?? '');
  if (last === undefined || status === undefined) return [`the outcome is ${outcome.status}, and the history has no closing event`];
  if (status !== outcome.status) return [`the outcome is ${outcome.status}, and the history ends with ${last.type}`];
  return (['result', 'failure'] as const)
    .filter((member) => JSON.stringify(last.data[member]) !== JSON.stringify(outcome[member]))
    .map((member) => `the ${member} is ${JSON.stringify(outcome[member])}, and the history has ${JSON.stringify(last.data[member])}`);
}

function orderViolations(history: readonly HistoryEntry[]): readonly string[] {
  return history.flatMap(({ seq, at, type }, index) => {
    const before = history[index - 1];
    return [
      ...(seq === index + 1 ? [] : [`event ${index + 1} has seq ${seq} (H1)`]),
      ...(before && at < before.at ? [`time goes back at ${seq} ${type}: from ${before.at} to ${at} (H1)`] : []),
    ];
  });
}

function frameViolations(history: readonly HistoryEntry[]): readonly string[] {
  const [first] = history;
  const closing = history.findIndex(({ type }) => closingStatusOf(type) !== undefined);
  return [
    ...(first?.type === 'WorkflowStarted' ? [] : [`the first event is ${first?.type ?? 'missing'} (H2)`]),
    ...(closing === -1 ? [] : history.slice(closing + 1).map(({ seq, type }) => `${seq} ${type} follows the closing event (H2)`)),
  ];
}

function outcomeViolations(
  history: readonly HistoryEntry[],
  begin: string,
  outcomes: readonly string[],
  reference: string,
): readonly string[] {
  const begun = history.filter(({ type }) => type === begin);
  return begun.flatMap(({ seq }) => {
    const found = history.filter(({ type, data }) => outcomes.includes(type) && data[reference] === seq);
    return found.length <= 1 ? [] : [`${begin} ${seq} has ${found.length} outcomes: ${found.map(({ type }) => type).join(', ')} (H3)`];
  });
}

function strangerViolations(
  history: readonly HistoryEntry[],
  begin: string,
  types: readonly string[],
  reference: string,
): readonly string[] {
  const begun = new Set<unknown>();
  return history.flatMap(({ seq, type, data }) => {
    if (type === begin) begun.add(seq);
    return !types.includes(type) || begun.has(data[reference])
      ? []
      : [`${seq} ${type} is about ${data[reference]}, no ${begin} before it (H3)`];
  });
}

function stepViolations(history: readonly HistoryEntry[]): readonly string[] {
  const seen = new Set<unknown>();
  return history.flatMap(({ seq, type, data }) => {
    if (!stepOutcomes.includes(type)) return [];
    const isRepeated = seen.has(data.step);
    seen.add(data.step);
    return isRepeated ? [`${seq} ${type}: step ${data.step} has another outcome before (H3)`] : [];
  });
}

function requestViolations(history: readonly HistoryEntry[]): readonly string[] {
  let taken = 0;
  return history.flatMap(({ seq, type, data }) => {
    // Outcomes that tokens brought to items of a map stand with it alone.
    if (typeof data.taken === 'number') taken = Math.max(taken, data.taken);
    if (data.n === undefined) return [];
    const expected = ++taken;
    return data.n === expected ? [] : [`${seq} ${type} has number ${data.n}, not ${expected} (H4)`];
  });
}

function attemptViolations(history: readonly HistoryEntry[]): readonly string[] {
  const attempts = new Map<unknown, number>();
  return history.flatMap(({ seq, type, data }) => {
    if (type === 'ActivityScheduled') attempts.set(seq, 1);
    if (type === 'StepRetryCanceled') attempts.delete(`step ${data.step}`);
    if (type !== 'ActivityRetryScheduled' && type !== 'StepRetryScheduled') return [];
    const [of, first] = type === 'StepRetryScheduled' ? [`step ${data.step}`, 1] : [data.activitySeq, 0];
    const current = attempts.get(of) ?? first;
    attempts.set(of, Number(data.attempt));
    // The same attempt again: a worker handed it back.
    return data.attempt === current + 1 || data.attempt === current
      ? []
      : [`${seq}: attempt ${data.attempt} follows attempt ${current} (H5)`];
  });
}
