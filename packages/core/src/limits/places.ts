import type { HistoryEvent } from '../history/event.js';
import { isLimited, type LimitOptions } from './limit-options.js';

/** What a history says of one place: that of the run itself, or of an activity of it. */
export interface Place {
  readonly options: LimitOptions;
  /** Of an activity: its name, its queue and the attempt. */
  readonly activity?: string;
  readonly taskQueue?: string;
  attempt: number;
  /** `absent` in a back-off, which holds no place; `over` when no further attempt follows. */
  stands: 'waiting' | 'held' | 'absent' | 'over';
}

/** Stands for the run itself among the seqs of its activities. */
export const runPlace = 0;

/** The places that a run and its activities wait for and hold under their limits, by the seqs of the activities. A part of the fold. */
export class Places {
  readonly bySeq = new Map<number, Place>();

  /** Whether the run waits until its code may begin. */
  get awaitsRun(): boolean {
    return this.bySeq.get(runPlace)?.stands === 'waiting';
  }

  awaits(seq: number): boolean {
    return this.bySeq.get(seq)?.stands === 'waiting';
  }

  fold(event: HistoryEvent, runTaskQueue: string): void {
    switch (event.type) {
      case 'WorkflowStarted':
        if (event.data.hasPlace) this.bySeq.set(runPlace, { options: event.data, attempt: 1, stands: 'held' });
        return;
      case 'WorkflowQueued':
        this.bySeq.set(runPlace, { options: event.data, attempt: 1, stands: 'waiting' });
        return;
      case 'WorkflowAdmitted':
        return this.move(runPlace, 'held');
      case 'ActivityScheduled': {
        if (!isLimited(event.data)) return;
        const { activity, taskQueue = runTaskQueue } = event.data;
        this.bySeq.set(event.seq, { options: event.data, activity, taskQueue, attempt: 1, stands: 'waiting' });
        return;
      }
      case 'ActivityRetryDue':
        return this.move(event.data.activitySeq, 'waiting', event.data.attempt);
      case 'ActivityAdmitted':
        if (this.awaits(event.data.activitySeq)) this.move(event.data.activitySeq, 'held', event.data.attempt);
        return;
      case 'ActivityRetryScheduled':
        return this.move(event.data.activitySeq, 'absent');
      case 'ActivityCompleted':
      case 'ActivityFailed':
      case 'ActivityTimedOut':
      case 'ActivityCanceled':
        return this.move(event.data.activitySeq, 'over');
    }
  }

  /** What is over is of no interest once the commit that ended it is durable. */
  forgetOver(): void {
    for (const [seq, { stands }] of this.bySeq) if (stands === 'over') this.bySeq.delete(seq);
  }

  private move(seq: number, stands: Place['stands'], attempt?: number): void {
    const place = this.bySeq.get(seq);
    if (!place) return;
    place.stands = stands;
    place.attempt = attempt ?? place.attempt;
  }
}

/** True for the first event that brings a place into a history: runs without one fold no places. */
export function bringsPlace(event: HistoryEvent): boolean {
  if (event.type === 'ActivityScheduled') return isLimited(event.data);
  return event.type === 'WorkflowQueued' || (event.type === 'WorkflowStarted' && event.data.hasPlace === true);
}
