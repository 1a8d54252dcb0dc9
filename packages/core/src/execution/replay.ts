import type { HistoryEvent, Suspension } from '../history/event.js';
import type { RunId } from '../ids.js';
import { isReference } from '../payload-reference.js';
import type { PayloadStore } from '../ports/payload-store.port.js';
import { roleOf } from '../run/event-roles.js';
import type { NewEvent } from '../run/new-event.js';
import { RunState } from '../run/run-state.js';
import type { StepRetries } from '../run/step-retries.js';
import type { Command, Outcome } from './command.js';
import type { Execution } from './execution.js';
import { commandEvent, otherStep, outcomeEvent, replayIdentity } from './recorded-command.js';
import { pieces } from './replay-feeds.js';
import type { Turn, TurnLoop } from './turn-loop.js';

// Replay brings a fresh execution to where its history ends, and compares what the code does with what the history says it did.
//   P1  Inputs are fed in the order in which they were fed live, each in a turn of its own. Inputs that were deferred (before a
//       delayed start, while suspended) are fed where the history releases them.
//   P2  The commands of a turn must be those that the history has between its input and the next one.
//   P3  Only the very first turn may have an answer that is not in the history at all: the gateway recorded its input. That of a
//       suspended run was fed it, and gave none.
//   P4  Requests that came after a run was terminated, or had timed out, are recorded and were not fed.

export interface Replayed {
  /** Commands of a first turn that was never recorded, for the caller to record. */
  readonly unrecorded: readonly Command[];
  /** Set when the code did something else than history says. The execution is of no use then. */
  readonly divergence: Suspension | undefined;
  /** The event at which that came out. */
  readonly divergedAtSeq: number | undefined;
}

/** Inputs that are fed one after the other, and the commands that the history has in answer to all of them. */
interface Group {
  readonly inputs: readonly HistoryEvent[];
  readonly expected: HistoryEvent[];
}

/**
 * @param payloads where the payloads are that the history refers to
 * @throws PayloadMissingError when one of them is not there.
 */
export async function replay(
  execution: Execution,
  history: readonly HistoryEvent[],
  turns: TurnLoop,
  payloads?: Pick<PayloadStore, 'read' | 'referenceTo'>,
): Promise<Replayed> {
  const { groups, end, retried, isSuspended } = plan(history);
  const comparison = new Comparison(execution, isSuspended, groups, payloads?.referenceTo);
  for await (const feeds of pieces(feedsOf(groups), payloads)) await feedAll(execution, feeds, comparison, turns);
  comparison.finish(end, retried);
  const divergence = execution.suspension ?? comparison.divergence;
  return { unrecorded: comparison.unrecorded, divergence, divergedAtSeq: divergence && comparison.atSeq };
}

/** What the history says last: how the code ended, that it goes on, or that somebody else put an end to it. */
type End = { readonly outcome: HistoryEvent } | { readonly goesOnAfterSeq: number } | 'verdict';

interface Plan {
  readonly groups: Group[];
  readonly end: End;
  readonly retried: StepRetries | undefined;
  readonly isSuspended: boolean;
}

function plan(history: readonly HistoryEvent[]): Plan {
  const stops = history.flatMap((event) => stopOf(event) ?? []);
  const groups: Group[] = [];
  const state = new RunState();
  let outcome: HistoryEvent | undefined;
  for (const event of history) {
    const inputs = state
      .apply(event)
      .filter((input) => !stops.some(({ seq, unprocessedFrom }) => seq > event.seq && unprocessedFrom <= input.seq));
    const role = roleOf(event.type);
    if (inputs.length > 0) groups.push({ inputs, expected: [] });
    else if (role === 'command') groups.at(-1)?.expected.push(event);
    else if (role === 'outcome') outcome = event;
  }
  // Code that was stopped may have asked for a step in answer to what it is fed again later.
  const retried = state.runsCode ? state.stepRetries : undefined;
  const isSuspended = state.suspension !== undefined;
  // A run that waited for its place and was canceled has ended without its code.
  if (outcome && !state.endedInLine) return { groups, end: { outcome }, retried, isSuspended };
  if (state.isOpen) return { groups, end: { goesOnAfterSeq: state.lastSeq }, retried, isSuspended };
  while (groups.at(-1)?.expected.length === 0) groups.pop();
  return { groups, end: 'verdict', retried, isSuspended };
}

interface Feed {
  readonly group: Group;
  readonly input: HistoryEvent;
  readonly endsGroup: boolean;
}

const feedsOf = (groups: readonly Group[]): readonly Feed[] =>
  groups.flatMap((group) => group.inputs.map((input, i) => ({ group, input, endsGroup: i === group.inputs.length - 1 })));

/** Where inputs from before were kept from the code after all. */
function stopOf({ type, seq, data }: HistoryEvent): { readonly seq: number; readonly unprocessedFrom: number } | undefined {
  if (type === 'WorkflowSuspended') return { seq, unprocessedFrom: data.unprocessedFrom };
  return type === 'WorkflowQueued' ? { seq, unprocessedFrom: 1 } : undefined;
}

/** Queues all turns at once, so that they run in one phase of the event loop. */
function feedAll(execution: Execution, feeds: readonly Feed[], comparison: Comparison, turns: TurnLoop): Promise<void> {
  if (feeds.length === 0) return Promise.resolve();
  return new Promise((resolve) => {
    feeds.forEach(({ group, input, endsGroup }, i) => {
      turns.run(new ReplayTurn(execution, group, input, endsGroup, comparison, i === feeds.length - 1 ? resolve : undefined));
    });
  });
}

class ReplayTurn implements Turn {
  private isFed = false;

  constructor(
    private readonly execution: Execution,
    private readonly group: Group,
    private readonly input: HistoryEvent,
    private readonly endsGroup: boolean,
    private readonly comparison: Comparison,
    private readonly onLast: (() => void) | undefined,
  ) {}

  get runId(): RunId {
    return this.execution.runId;
  }

  begin(): void {
    if (this.isFed) return this.execution.continueTurn();
    if (this.comparison.isOver || !this.comparison.allows(this.input, this.group)) return;
    this.isFed = true;
    this.comparison.atSeq = this.input.seq;
    this.execution.beginTurn(this.input);
  }

  end(): Turn | undefined {
    if (this.isFed && this.execution.goesOn()) return this;
    if (this.isFed) this.comparison.endTurn(this.execution.endTurn(), this.group, this.input, this.endsGroup);
    this.onLast?.();
    return undefined;
  }
}

class Comparison {
  divergence: Suspension | undefined;
  unrecorded: readonly Command[] = [];
  /** The event that was fed last, or at which the code did something else. */
  atSeq = 1;
  private endedIn: Group | undefined;
  /** See P3. */
  private readonly isUnrecorded: boolean;

  constructor(
    private readonly execution: Execution,
    isSuspended: boolean,
    groups: readonly Group[],
    private readonly referenceTo: PayloadStore['referenceTo'] | undefined,
  ) {
    const [first] = groups;
    this.isUnrecorded = !isSuspended && groups.length === 1 && first?.inputs[0]?.type === 'WorkflowStarted' && first.expected.length === 0;
  }

  get isOver(): boolean {
    return this.divergence !== undefined || this.execution.suspension !== undefined;
  }

  /**
   * Code that has ended is fed requests, and what was released together with the input that ended it: anything else says that the
   * recorded code had not ended.
   */
  allows(input: HistoryEvent, group: Group): boolean {
    if (!this.execution.outcome || isOfRequest(input)) return true;
    if (group === this.endedIn) return true;
    this.diverge(input.seq, `the code goes on, and gets ${input.type}`, `the code has ended (${this.execution.outcome.kind})`);
    return false;
  }

  endTurn(commands: readonly Command[], group: Group, input: HistoryEvent, endsGroup: boolean): void {
    const pending = commands.filter((command) => {
      const issued = commandEvent(command, input.at);
      const recorded = issued && group.expected.shift();
      if (!issued || this.isOver) return false;
      if (!recorded) return true;
      this.compare(recorded, issued);
      this.execution.recorded(command, recorded.seq);
      return false;
    });
    if (this.isOver) return;
    this.endedIn = this.execution.outcome ? (this.endedIn ?? group) : undefined;
    const [missing] = group.expected;
    if (endsGroup && missing) this.diverge(missing.seq, replayIdentity(missing), 'nothing');
    const [extra] = pending;
    if (!extra) return;
    if (this.isUnrecorded) this.unrecorded = pending;
    else this.diverge(input.seq, 'nothing further in this turn', replayIdentityOf(extra, input.at));
  }

  finish(end: End, retried: StepRetries | undefined): void {
    if (end === 'verdict' || this.isOver) return;
    const [other] = retried?.without(this.execution.steps) ?? [];
    if (other && 'goesOnAfterSeq' in end) {
      this.atSeq = end.goesOnAfterSeq;
      this.divergence = otherStep(this.execution.steps.get(other.step), this.atSeq, other);
    }
    const { outcome } = this.execution;
    if ('outcome' in end) {
      if (outcome) this.compare(end.outcome, eventOf(outcome));
      else this.diverge(end.outcome.seq, replayIdentity(end.outcome), 'the code has not ended');
    } else if (outcome && !this.isUnrecorded) this.diverge(end.goesOnAfterSeq, 'the code goes on', replayIdentity(eventOf(outcome)));
  }

  private compare(recorded: HistoryEvent, issued: NewEvent): void {
    const expected = replayIdentity(recorded);
    const actual = replayIdentity(this.asRecorded(issued, recorded));
    if (expected !== actual) this.diverge(recorded.seq, expected, actual);
  }

  /** What is recorded as a reference is compared as one. */
  private asRecorded(issued: NewEvent, { payload }: HistoryEvent): NewEvent {
    if (!isReference(payload) || issued.payload === undefined || !this.referenceTo) return issued;
    return { ...issued, payload: this.referenceTo(issued.payload) };
  }

  private diverge(seq: number, expected: string, actual: string): void {
    if (!this.divergence) this.atSeq = seq;
    this.divergence ??= {
      reason: 'non-deterministic',
      message: `replay differs from the history at event ${seq}: the code was changed, or does not depend on its history alone`,
      expected: cut(expected),
      actual: cut(actual),
    };
  }
}

/** Outcomes that tokens brought are requests, and so is what ends a map because of one. */
const isOfRequest = ({ data }: HistoryEvent): boolean =>
  ('n' in data && data.n !== undefined) || ('taken' in data && data.taken !== undefined);
const replayIdentityOf = (command: Command, atMs: number): string => {
  const event = commandEvent(command, atMs);
  return event ? replayIdentity(event) : command.kind;
};
const eventOf = (outcome: Outcome): NewEvent =>
  outcome.kind === 'continued-as-new'
    ? { type: 'WorkflowContinuedAsNew', data: { newRunId: '' as RunId }, ...(outcome.input !== undefined && { payload: outcome.input }) }
    : outcomeEvent(outcome);
const cut = (text: string) => (text.length > 500 ? `${text.slice(0, 500)}…` : text);
