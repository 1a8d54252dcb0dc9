import type { HistoryEvent, TypedEvent } from '../history/event.js';

/** The events that answer an update. */
export type UpdateOutcome =
  | TypedEvent<'UpdateCompleted'>
  | TypedEvent<'UpdateFailed'>
  | TypedEvent<'UpdateRejected'>
  | TypedEvent<'UpdateRefused'>;

/** The updates of a run, by the ids that their senders gave them. */
export class Updates {
  /** With their answer, or nothing while there is none. */
  private readonly byId = new Map<string, UpdateOutcome | undefined>();
  /** By the seq of their event, as long as they have no answer. */
  private readonly open = new Map<number, string>();

  fold(event: HistoryEvent): void {
    switch (event.type) {
      case 'UpdateReceived':
        this.byId.set(event.data.updateId, undefined);
        this.open.set(event.seq, event.data.updateId);
        return;
      case 'UpdateRefused':
        this.byId.set(event.data.updateId, event);
        return;
      case 'UpdateCompleted':
      case 'UpdateFailed':
      case 'UpdateRejected': {
        const id = this.open.get(event.data.updateSeq);
        this.open.delete(event.data.updateSeq);
        if (id !== undefined) this.byId.set(id, event);
      }
    }
  }

  answerTo(updateId: string): UpdateOutcome | undefined {
    return this.byId.get(updateId);
  }

  has(updateId: string): boolean {
    return this.byId.has(updateId);
  }
}
