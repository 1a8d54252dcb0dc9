import { type HistoryEvent, isReference, type TypedEvent } from '@marathon/core';
import type { RunCheck } from './check-run.js';

interface Pending {
  readonly kind: 'activity' | 'timer' | 'child' | 'request' | 'map';
  /** Of a map: how many items it has. */
  readonly count?: number;
  readonly firesAtMs: number;
  attempt: number;
}

/** Activities, maps, timers, steps, updates, children and requests to others exist before anything happens to them, and are over once. */
export const settlesOnce: RunCheck = ({ history }) => {
  const settlement = new Settlement();
  for (const event of history) settlement.take(event);
  return settlement.wrong;
};

class Settlement {
  readonly wrong: string[] = [];
  private readonly open = new Map<number, Pending>();
  /** What is over, with the event that said so. */
  private readonly over = new Map<number, number>();
  /** What was over while the code was suspended, or told it in the turn that was stopped: it may give up what it does not know to be over. */
  private readonly overUnseen = new Set<number>();
  private readonly steps = new Set<number>();
  /** The attempts of those that are tried again, and whether the last one is due. */
  private readonly retries = new Map<number, { readonly attempt: number; readonly isDue: boolean }>();
  private readonly updates = new Set<number>();
  private readonly started = new Set<number>();
  private isSuspended = false;

  take(event: HistoryEvent): void {
    switch (event.type) {
      case 'ActivityCompletionDropped':
      case 'ActivityAdmitted':
        return;
      case 'WorkflowSuspended':
        this.isSuspended = true;
        for (const [of, seq] of this.over) if (seq >= event.data.unprocessedFrom) this.overUnseen.add(of);
        return;
      case 'WorkflowResumed':
        this.isSuspended = false;
        return;
      case 'ActivityScheduled':
        this.open.set(event.seq, { kind: 'activity', attempt: 1, firesAtMs: 0 });
        return;
      case 'UpdateReceived':
        this.updates.add(event.seq);
        return;
      case 'MapScheduled':
        this.open.set(event.seq, { kind: 'map', attempt: 0, firesAtMs: 0, count: event.data.count });
        return;
      case 'MapCompleted':
        if (!isReference(event.payload)) this.takeResults(event, JSON.parse(event.payload ?? '[]'));
        return this.takeFor(event, event.data.mapSeq, 'map');
      case 'MapFailed':
      case 'MapCanceled':
        return this.takeFor(event, event.data.mapSeq, 'map');
      case 'TimerStarted':
        this.open.set(event.seq, { kind: 'timer', attempt: 0, firesAtMs: event.data.firesAtMs });
        return;
      case 'ChildWorkflowInitiated':
        this.open.set(event.seq, { kind: 'child', attempt: 0, firesAtMs: 0 });
        return;
      case 'ExternalSignalRequested':
      case 'ExternalCancelRequested':
        this.open.set(event.seq, { kind: 'request', attempt: 0, firesAtMs: 0 });
        return;
      case 'ChildWorkflowStarted':
        if (this.started.has(event.data.childSeq)) this.blame(event, `${event.data.childSeq} has started`);
        this.started.add(event.data.childSeq);
        if (!this.open.has(event.data.childSeq)) this.blame(event, `${event.data.childSeq} is over, or never began`);
        return;
      case 'ChildWorkflowStartFailed':
      case 'ChildWorkflowClosed':
        return this.takeFor(event, event.data.childSeq, 'child');
      case 'ExternalRequestAccepted':
      case 'ExternalRequestFailed':
        return this.takeFor(event, event.data.requestSeq, 'request');
      case 'StepRetryScheduled':
      case 'StepRetryDue':
      case 'StepRetryCanceled':
        return this.takeRetry(event);
      case 'StepCompleted':
      case 'StepFailed':
        if (this.steps.has(event.data.step)) this.blame(event, `step ${event.data.step} is over`);
        if (this.retries.get(event.data.step)?.isDue === false) this.blame(event, `the next attempt at step ${event.data.step} is not due`);
        this.steps.add(event.data.step);
        return;
      default:
        if ('updateSeq' in event.data) this.takeAnswer(event, event.data.updateSeq);
        else if ('activitySeq' in event.data) this.takeFor(event, event.data.activitySeq, 'activity');
        else if ('timerSeq' in event.data) this.takeFor(event, event.data.timerSeq, 'timer');
    }
  }

  private takeRetry(event: TypedEvent<'StepRetryScheduled'> | TypedEvent<'StepRetryDue'> | TypedEvent<'StepRetryCanceled'>): void {
    const { step } = event.data;
    const { attempt, isDue } = this.retries.get(step) ?? { attempt: 1, isDue: true };
    if (this.steps.has(step)) this.blame(event, `step ${step} is over`);
    if (event.type === 'StepRetryCanceled') return void this.retries.delete(step);
    const isNext =
      event.type === 'StepRetryScheduled' ? isDue && event.data.attempt === attempt + 1 : !isDue && event.data.attempt === attempt;
    if (!isNext) this.blame(event, `it is of attempt ${event.data.attempt}, at attempt ${attempt}`);
    this.retries.set(step, { attempt: event.data.attempt, isDue: event.type === 'StepRetryDue' });
  }

  /** Each item has one. */
  private takeResults(event: TypedEvent<'MapCompleted'>, results: readonly unknown[]): void {
    const count = this.open.get(event.data.mapSeq)?.count;
    if (count !== undefined && results.length !== count) this.blame(event, `it has ${results.length} results for ${count} items`);
  }

  private takeAnswer(event: HistoryEvent, of: number): void {
    if (!this.updates.delete(of)) this.blame(event, `update ${of} is answered, or never came`);
  }

  private takeFor(event: HistoryEvent, of: number, kind: Pending['kind']): void {
    const isCancellation = event.type === 'ActivityCanceled' || event.type === 'TimerCanceled' || event.type === 'MapCanceled';
    if (isCancellation && this.overUnseen.delete(of)) return;
    const pending = this.open.get(of);
    if (pending?.kind !== kind) return this.blame(event, `${of} is over, or never began`);
    if (event.type === 'TimerFired' && event.at < pending.firesAtMs) this.blame(event, `it is not ${pending.firesAtMs} yet`);
    if (kind === 'activity') this.takeAttempt(event, pending);
    if (
      event.type === 'ActivityDeferred' ||
      event.type === 'ApprovalEscalated' ||
      event.type === 'ActivityStarted' ||
      event.type === 'ActivityRetryScheduled' ||
      event.type === 'ActivityRetryDue'
    )
      return;
    this.open.delete(of);
    this.over.set(of, event.seq);
    if (this.isSuspended) this.overUnseen.add(of);
  }

  /** A success may be of an earlier attempt; a retry is of the next one, or of the same when it was handed back. */
  private takeAttempt(event: HistoryEvent, pending: Pending): void {
    if (!('attempt' in event.data)) return;
    const { attempt } = event.data;
    const mayBe =
      event.type === 'ActivityCompleted'
        ? attempt <= pending.attempt
        : attempt === pending.attempt || (event.type === 'ActivityRetryScheduled' && attempt === pending.attempt + 1);
    if (!mayBe) this.blame(event, `it is of attempt ${attempt}, at attempt ${pending.attempt}`);
    if (event.type === 'ActivityRetryScheduled') pending.attempt = attempt;
  }

  private blame({ seq, type }: HistoryEvent, what: string): void {
    this.wrong.push(`event ${seq} (${type}): ${what}`);
  }
}
