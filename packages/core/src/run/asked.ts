import { hash64 } from '../digest.js';
import type { HistoryEvent, TypedEvent } from '../history/event.js';
import { type RunId, runId } from '../ids.js';
import type { Payload } from '../payload.js';
import type { RecordedChildOptions } from './child-options.js';

/** A child that has not closed, as far as its parent's history says. */
export interface PendingChild {
  readonly seq: number;
  readonly workflow: string;
  /** As its parent's code named it. */
  readonly namedId: string | undefined;
  readonly options: RecordedChildOptions;
  readonly initiatedAtMs: number;
  /** Kept until it has started. */
  input: Payload | undefined;
  isStarted: boolean;
}

/** A signal or a cancellation for another run that has no answer yet. */
export interface PendingExternalRequest {
  readonly event: TypedEvent<'ExternalSignalRequested'> | TypedEvent<'ExternalCancelRequested'>;
  /** Whom it is for, when that is a child; none when the child had closed before. */
  readonly child: PendingChild | undefined;
}

/** What a run has asked of others, and has not heard the end of. */
export class Asked {
  readonly children = new Map<number, PendingChild>();
  /** Those of the children that nobody has recorded as started. */
  readonly starting = new Set<PendingChild>();
  readonly requests = new Map<number, PendingExternalRequest>();

  /** True while somebody has to do something for the run: to start a child, or to bring a request to another. */
  get hasOutgoing(): boolean {
    return this.starting.size > 0 || this.requests.size > 0;
  }

  fold(event: HistoryEvent): void {
    switch (event.type) {
      case 'ChildWorkflowInitiated':
        return this.initiate(event);
      case 'ChildWorkflowStarted': {
        const child = this.children.get(event.data.childSeq);
        if (child) this.started(child);
        return;
      }
      case 'ChildWorkflowStartFailed':
      case 'ChildWorkflowClosed': {
        const child = this.children.get(event.data.childSeq);
        if (!child) return;
        if (event.type === 'ChildWorkflowClosed') this.started(child);
        this.starting.delete(child);
        this.children.delete(child.seq);
        return;
      }
      case 'ExternalSignalRequested':
      case 'ExternalCancelRequested': {
        const child = 'childSeq' in event.data ? this.children.get(event.data.childSeq) : undefined;
        this.requests.set(event.seq, { event, child });
        return;
      }
      case 'ExternalRequestAccepted':
      case 'ExternalRequestFailed':
        this.requests.delete(event.data.requestSeq);
    }
  }

  private initiate({ seq, at, data, payload }: TypedEvent<'ChildWorkflowInitiated'>): void {
    const { workflow, workflowId, ...options } = data;
    const child = { seq, workflow, namedId: workflowId, options, initiatedAtMs: at, input: payload, isStarted: false };
    this.children.set(seq, child);
    this.starting.add(child);
  }

  private started(child: PendingChild): void {
    child.isStarted = true;
    child.input = undefined;
    this.starting.delete(child);
  }
}

/**
 * What a child of run `parent` is called. Both ids follow from the parent's history alone, so that whoever starts the child
 * after a crash starts the same one: the run id is a UUIDv7 of the instant at which it was asked for, and the workflow id is
 * made of the parent's run id and the seq of the command, unless the code named it.
 */
export function childOf(parent: RunId, { seq, namedId, initiatedAtMs }: Pick<PendingChild, 'seq' | 'namedId' | 'initiatedAtMs'>) {
  const words = [...hash64(`${parent}.${seq}`, 1), ...hash64(`${parent}.${seq}`, 2)];
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  const time = Math.max(0, initiatedAtMs).toString(16).padStart(12, '0').slice(-12);
  const variant = (8 + (Number.parseInt(hex[3] as string, 16) % 4)).toString(16);
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
  return { workflowId: namedId ?? `${parent}.${seq}`, runId: runId(id) };
}
