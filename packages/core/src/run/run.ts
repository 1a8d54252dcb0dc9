import type { Command, StepCommand } from '../execution/command.js';
import type { Execution } from '../execution/execution.js';
import { commandEvent } from '../execution/recorded-command.js';
import type { HistoryEvent, Suspension } from '../history/event.js';
import type { OwnedShard, RunId } from '../ids.js';
import { limitChanges } from '../limits/limit-changes.js';
import { runPlace } from '../limits/places.js';
import type { PayloadStore } from '../ports/payload-store.port.js';
import type { RunAdvance } from '../ports/run-store.port.js';
import { approvalChanges } from './approval-changes.js';
import { canceledInLine } from './canceled-in-line.js';
import { checkedEvent } from './checked-event.js';
import { type Closing, closingOf } from './closing.js';
import { codeWaitsOf } from './code-waits.js';
import { decide } from './decide.js';
import { limitExceeded, limitReached } from './history-limit.js';
import { isItemEvent } from './item-event.js';
import { changedLabels, type Labels } from './labels.js';
import { renewLease } from './lease.js';
import type { NewEvent } from './new-event.js';
import { hasLarge, OutOfLine } from './out-of-line.js';
import { isFreeFor } from './pending-activity.js';
import type { RunInput } from './run-input.js';
import { closedStatusOf, type RunState } from './run-state.js';
import type { RunStatus } from './status.js';
import { defersStep, stepsToBegin } from './steps.js';
import { nextWakeMs, wakeCausesOf } from './wake.js';

/** What holds for all runs of an owner. */
export interface RunSettings {
  /** Whose code it is; recorded with suspensions. */
  readonly build: string;
  readonly historyEventsMax: number;
  /** How payloads are called that are too large for a history. Where there is no place for them, they stand in it. */
  readonly referenceTo?: PayloadStore['referenceTo'] | undefined;
}

/**
 * A run as its owner holds it: what its history says, its code in flight, and what is decided and not committed yet.
 *
 * A closing event is made when a batch is collected and applied when it is committed: a commit that is refused because
 * requests were accepted meanwhile records them first and closes then.
 */
export class Run {
  readonly uncommitted: HistoryEvent[] = [];
  /** What a gateway reads of it, as the last commit wrote it. */
  committed: { readonly seq: number; readonly status: RunStatus; readonly wakeCauses: number; readonly labels: Labels };
  private toFeed: HistoryEvent[] = [];
  private fed: HistoryEvent | undefined;
  /** An end that is not of the code's making. */
  private verdict: NewEvent | undefined;
  private successorId: RunId | undefined;
  /** False until the event log has confirmed that the history is all there is. */
  isProven = true;
  private oldAttempts = 0;
  private isDropped = false;
  /** Absent until a large payload comes. */
  outOfLine: OutOfLine | undefined;

  constructor(
    readonly runId: RunId,
    readonly shard: OwnedShard,
    readonly state: RunState,
    /** Absent while suspended. */
    public execution: Execution | undefined,
    private readonly settings: RunSettings,
    /** Why there is no execution, when replay failed. */
    private readonly replayFailure?: Suspension,
  ) {
    this.committed = { seq: state.lastSeq, status: state.status, wakeCauses: 0, labels: state.labels };
  }

  /** Begins the turn of `input`, or of what an input before it left to be fed, or goes on with the one that has not ended. */
  beginTurn(input: RunInput, nowMs: number): void {
    if (this.fed) return this.execution?.continueTurn();
    if (this.toFeed.length === 0) this.accept(input, nowMs);
    this.fed = this.execution && this.toFeed.shift();
    if (this.fed) this.execution?.beginTurn(this.outOfLine?.bringIn(this.fed) ?? this.fed);
  }

  /** @returns true when there is more to feed, or the turn goes on, before anything else. */
  endTurn(): boolean {
    const { execution, fed } = this;
    if (fed && execution?.goesOn()) return true;
    this.fed = undefined;
    if (!execution || !fed) return false;
    this.answer(execution.endTurn(), fed.seq);
    this.suspendAtLimit();
    return this.toFeed.length > 0;
  }

  /** Records what the code decided when it was fed event `fedSeq`. */
  answer(commands: readonly Command[], fedSeq: number): void {
    const suspension = this.execution?.suspension ?? limitExceeded(this.state, this.settings.historyEventsMax, commands.length);
    if (suspension) return this.suspend(suspension, Math.min(fedSeq, this.state.unansweredFrom));
    for (const command of commands) {
      const event = commandEvent(command, this.state.clockMs);
      if (!event) continue;
      const { seq } = this.record(this.state.maps?.withWorkers(event) ?? event, this.state.clockMs).recorded;
      this.execution?.recorded(command, seq);
      if (command.kind === 'ScheduleMap') this.state.supplyItems(seq, command.items);
    }
    this.endStepRetries();
  }

  /** Steps that may begin: everything before them is committed. */
  get readySteps(): readonly StepCommand[] {
    const mayBegin = !this.hasUncommitted && !this.isEnding && !this.state.suspension;
    return mayBegin && this.execution ? stepsToBegin(this.execution, this.state) : [];
  }

  /** The result of a step is of use to it later on: it is suspended, and its code is not there to say whether it waits for the step. */
  mayWantStep(step: number): boolean {
    return this.state.suspension !== undefined && !this.execution && !defersStep(this.state, step);
  }

  /** Some are under way, or are to begin. */
  get hasSteps(): boolean {
    if (!this.execution || this.execution.steps.size === 0) return false;
    return !this.state.stepRetries || stepsToBegin(this.execution, this.state).length > 0;
  }

  get hasMaps(): boolean {
    return this.state.maps !== undefined && this.state.maps.open.size > 0;
  }

  /** What its code may hold of large payloads. */
  get largeBytes(): number {
    return this.state.outOfLineBytes;
  }

  /** An estimate: what its payloads take, and a measured average for the rest. */
  get sizeBytes(): number {
    return 4_096 + 2 * this.state.payloadChars + (this.state.maps?.sizeBytes ?? 0);
  }

  get isEnding(): boolean {
    return this.verdict !== undefined || this.execution?.outcome !== undefined;
  }

  /** True when a commit of this run would write events. */
  get hasNews(): boolean {
    return this.hasUncommitted || (this.isEnding && this.state.isOpen);
  }

  private get hasUncommitted(): boolean {
    return this.uncommitted.length > 0 || this.state.maps?.hasNews === true;
  }

  /** What a commit of this run writes, or nothing when there is nothing new. */
  collect(nowMs: number, newRunId: () => RunId, queueWindow: number): RunAdvance | undefined {
    if (this.isDropped) return undefined;
    const closing = this.closing(nowMs, newRunId);
    const events = closing ? [...this.uncommitted, closing.event] : this.uncommitted;
    const status = closing ? (closedStatusOf(closing.event.type) as RunStatus) : this.status;
    const wakeCauses = closing ? 0 : this.wakeCauses;
    const maps = this.state.maps?.changes(closing !== undefined);
    if (events.length === 0 && !maps && status === this.committed.status && wakeCauses === this.committed.wakeCauses) return undefined;
    const limits = limitChanges(this.state, events, closing?.event.type, queueWindow);
    const approvals = approvalChanges(this.state, events, closing !== undefined);
    return {
      runId: this.runId,
      shard: this.shard.id,
      expectedSeq: this.committed.seq,
      events: [...events],
      status,
      wakesAtMs: closing ? undefined : nextWakeMs(this.state),
      wakeCauses,
      awaitedSignals: closing ? [] : this.awaitedSignals,
      codeWaits: closing ? undefined : codeWaitsOf(this.execution, this.state),
      taken: this.state.taken,
      ...(this.state.labels !== this.committed.labels && changedLabels(this.committed.labels, this.state.labels)),
      ...(limits && { limits }),
      ...(approvals && { approvals }),
      ...(maps && { maps }),
      ...(closing?.successor && { successor: closing.successor }),
    };
  }

  /** The advance is durable. */
  confirm(advance: RunAdvance): void {
    this.isProven = true;
    this.uncommitted.length = 0;
    this.outOfLine?.unwritten.clear();
    if (advance.maps) this.state.maps?.confirm(advance.maps);
    const last = advance.events.at(-1);
    if (last && last.seq > this.state.lastSeq) this.state.apply(last);
    this.state.places?.forgetOver();
    this.committed = { seq: this.state.lastSeq, status: advance.status, wakeCauses: advance.wakeCauses, labels: this.state.labels };
  }

  /** Its owner has let go of it, in the middle of a turn perhaps: nothing that was not committed counts. */
  drop(): void {
    this.isDropped = true;
    this.abandon();
  }

  /** Drops the code: its promises are never settled. */
  private abandon(): void {
    this.execution?.abandon();
    this.execution = undefined;
  }

  /** A suspended run goes on only where its code was brought back, or is known not to come back. */
  get mayResume(): boolean {
    return !this.state.suspension || this.execution !== undefined || this.replayFailure !== undefined || this.verdict !== undefined;
  }

  get status(): RunStatus {
    if (this.state.status !== 'Pending' || this.state.startsAtMs !== undefined || this.state.awaitsPlace) return this.state.status;
    return this.execution?.hasStarted ? 'Running' : 'Pending';
  }

  get awaitedSignals(): readonly string[] {
    return this.execution?.signals.awaited ?? [];
  }

  get wakeCauses(): number {
    return wakeCausesOf(this.state, this.execution, this.hasSteps);
  }

  /** How many words of attempts that were over it has dropped since it was asked last. */
  takeOldAttempts(): number {
    const count = this.oldAttempts;
    this.oldAttempts = 0;
    return count;
  }

  private accept(input: RunInput, nowMs: number): void {
    const { state } = this;
    if (!state.isOpen) return;
    if (input.kind === 'run-timed-out') return this.timeOut();
    if (input.kind === 'request' && input.request.kind === 'terminate') return this.terminate(input.request);
    if (this.isEnding && input.kind !== 'request') return;
    if (this.isResume(input) && !this.mayResume) return;
    if (input.kind === 'start') return this.start(nowMs);
    if (input.kind === 'step-finished' && !this.takesStep(input.step)) return;
    const exceeded = limitExceeded(state, this.settings.historyEventsMax);
    if (exceeded && !this.isEnding) this.verdict = { type: 'WorkflowTerminated', data: { reason: exceeded.message } };
    if (exceeded && input.kind !== 'request') return;
    this.touchLease(input, nowMs);
    const event = this.refusedUpdate(input) ?? decide(state, input, nowMs);
    if (event) this.take(checkedEvent(this.outOfLine?.bringIn(event) ?? event, this.execution, state.activities), nowMs);
    else if (wordsOfWorkers.has(input.kind)) this.oldAttempts++;
    if (this.toFeed.length === 0) this.suspendAtLimit();
  }

  /** Nobody would ever take it up: the code has no such handler, and its definition names none. */
  private refusedUpdate(input: RunInput): NewEvent | undefined {
    const { state, execution } = this;
    if (input.kind !== 'request' || input.request.kind !== 'update' || input.request.n !== state.taken + 1) return undefined;
    if (!execution?.hasStarted || !state.runsCode || this.isEnding || execution.takesUpdate(input.request.name)) return undefined;
    const { n, updateId, name } = input.request;
    return { type: 'UpdateRefused', data: { n, updateId, name, handlers: execution.updates.names } };
  }

  /** The code has given up on steps that were to be tried again. */
  private endStepRetries(): void {
    const { state, execution, toFeed } = this;
    if (!state.stepRetries || !execution || toFeed.length > 0) return;
    for (const { step } of state.stepRetries.without(execution.steps))
      this.record({ type: 'StepRetryCanceled', data: { step } }, state.clockMs);
  }

  /** Before the next input, but not before the code has ended: it may have continued as new. */
  private suspendAtLimit(): void {
    if (!this.state.runsCode || this.isEnding) return;
    const suspension = limitReached(this.state, this.settings.historyEventsMax);
    if (suspension) this.suspend(suspension, this.toFeed[0]?.seq ?? this.state.lastSeq + 1);
  }

  /** A worker's first word begins its lease, which no history holds. */
  private touchLease(input: RunInput, nowMs: number): void {
    if (input.kind !== 'attempt-announced' && input.kind !== 'attempt-claimed') return;
    const activity = this.state.activities.get(input.activitySeq);
    if (activity?.attempt !== input.attempt) return;
    if (input.kind === 'attempt-announced' || isFreeFor(input.worker, activity)) renewLease(activity, nowMs);
  }

  private take(event: NewEvent, nowMs: number): void {
    if (isItemEvent(event) && this.state.maps?.has(event.data.activitySeq)) {
      const ending = this.state.takeItem(event, Math.max(nowMs, this.state.clockMs));
      return ending && this.take(ending, nowMs);
    }
    const { recorded, fed } = this.record(event, nowMs);
    if (recorded.type === 'WorkflowSuspended') return this.abandon();
    if (this.verdict) return;
    // There is no code to be asked: it has not begun.
    if (recorded.type === 'CancelRequested' && this.state.awaitsPlace) this.verdict = canceledInLine(recorded.data.reason);
    else if (this.execution) this.giveToCode(fed, nowMs);
    else if (recorded.type === 'WorkflowResumed' && this.replayFailure)
      this.suspend(this.replayFailure, [...fed, ...this.state.deferred][0]?.seq ?? recorded.seq + 1);
  }

  private start(nowMs: number): void {
    if (this.execution && !this.execution.hasStarted && this.state.runsCode) this.giveToCode([this.state.started], nowMs);
  }

  /** Code that comes under limits does not begin before there is room for it. */
  private giveToCode(fed: readonly HistoryEvent[], nowMs: number): void {
    const limits = fed[0] === this.state.started && !this.state.places?.bySeq.has(runPlace) ? this.execution?.limits : undefined;
    if (limits) this.record({ type: 'WorkflowQueued', data: limits }, nowMs);
    else this.toFeed = [...fed];
  }

  private takesStep(step: number): boolean {
    return (this.execution?.steps.has(step) ?? false) && !defersStep(this.state, step);
  }

  private isResume(input: RunInput): boolean {
    return input.kind === 'take-up' || (input.kind === 'request' && input.request.kind === 'resume');
  }

  /** Suspended by another build than this one, whose code has come back. */
  get mayBeTakenUp(): boolean {
    const { suspension } = this.state;
    return suspension?.build !== undefined && suspension.build !== this.settings.build && this.execution !== undefined;
  }

  private terminate({ n, reason }: { readonly n: number; readonly reason?: string }): void {
    if (n !== this.state.taken + 1) return;
    this.state.taken = n;
    this.verdict ??= { type: 'WorkflowTerminated', data: reason === undefined ? { n } : { n, reason } };
  }

  private timeOut(): void {
    const { runTimeoutMs } = this.state.started.data;
    if (runTimeoutMs !== undefined) this.verdict ??= { type: 'WorkflowTimedOut', data: { runTimeoutMs } };
  }

  suspend(suspension: Suspension, unprocessedFrom: number): void {
    this.toFeed = [];
    this.abandon();
    this.record({ type: 'WorkflowSuspended', data: { suspension, unprocessedFrom } }, this.state.clockMs);
  }

  /** Gives the event, and what the code is to be fed because of it. */
  private record(event: NewEvent, nowMs: number): { readonly recorded: HistoryEvent; readonly fed: readonly HistoryEvent[] } {
    const place = { seq: this.state.lastSeq + 1, at: Math.max(nowMs, this.state.clockMs) };
    const recorded = { ...place, ...(event.type === 'WorkflowSuspended' ? this.signed(event) : this.moveOut(event)) } as HistoryEvent;
    const fed = this.state.apply(recorded);
    this.uncommitted.push(recorded);
    return { recorded, fed };
  }

  private moveOut<Event extends NewEvent>(event: Event): Event {
    const { referenceTo } = this.settings;
    if (!referenceTo || !hasLarge(event)) return event;
    this.outOfLine ??= new OutOfLine(referenceTo);
    return this.outOfLine.moveOut(event);
  }

  /** Another build than the one that suspended a run may take it up. */
  private signed({ type, data }: Extract<NewEvent, { type: 'WorkflowSuspended' }>): NewEvent {
    return { type, data: { ...data, suspension: { ...data.suspension, build: this.settings.build } } };
  }

  private closing(nowMs: number, newRunId: () => RunId): Closing | undefined {
    const { runId, state, verdict, execution } = this;
    if (!state.isOpen) return undefined;
    const at = Math.max(nowMs, state.clockMs);
    if (verdict) return { event: { seq: state.lastSeq + 1, at, ...verdict } as HistoryEvent };
    if (!execution?.outcome || state.suspension) return undefined;
    return closingOf(execution.outcome, {
      runId,
      state,
      at,
      execution,
      newRunId: () => {
        this.successorId ??= newRunId();
        return this.successorId;
      },
      moveOut: (event) => this.moveOut(event),
    });
  }
}

/** Those that are of no use when their attempt is over. */
const wordsOfWorkers: ReadonlySet<RunInput['kind']> = new Set(['attempt-finished', 'attempt-announced', 'attempt-deferred']);
