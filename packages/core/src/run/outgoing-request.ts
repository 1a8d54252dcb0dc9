import type { EventData, TypedEvent } from '../history/event.js';
import { defaultNamespace, type RunId, type ShardAddress } from '../ids.js';
import type { Payload } from '../payload.js';
import type { NewRequest, RequestIntake } from '../ports/run-intake.port.js';
import { childOf, type PendingChild, type PendingExternalRequest } from './asked.js';
import type { RunState } from './run-state.js';

/**
 * Something that a run's history has decided and that is done outside of it, through the intake. It may be done any number of
 * times, by anybody: the key is made of the run and the event.
 */
export type OutgoingRequest = StartChild | DeliverRequest | NoReceiver;

export interface StartChild {
  readonly kind: 'start-child';
  readonly seq: number;
  readonly runId: RunId;
  /** Where it goes unless `started` names a queue, if the workflow is registered there. */
  readonly nearQueue: string;
  readonly started: Omit<EventData['WorkflowStarted'], 'taskQueue'> & { readonly taskQueue?: string };
  readonly input: Payload | undefined;
  readonly key: string;
}

export interface DeliverRequest {
  readonly kind: 'deliver-request';
  readonly seq: number;
  readonly intake: RequestIntake;
}

/** A request to a child that has closed, or never started. */
export interface NoReceiver {
  readonly kind: 'no-receiver';
  readonly seq: number;
}

/** Whose requests they are. */
export interface Requester {
  readonly runId: RunId;
  /** Where it is told how its children end. */
  readonly address: ShardAddress;
  readonly state: RunState;
}

/** What the run's history has decided up to `toSeq` and nobody has recorded as done. A child is asked for nothing before it has started. */
export function outgoingRequestsOf(requester: Requester, toSeq: number): readonly OutgoingRequest[] {
  const { starting, requests } = requester.state.asked;
  const outgoing: OutgoingRequest[] = [];
  for (const child of starting) if (child.seq <= toSeq) outgoing.push(startOf(requester, child));
  for (const request of requests.values())
    if (request.event.seq <= toSeq && !(request.child && starting.has(request.child))) outgoing.push(requestOf(requester, request));
  return outgoing;
}

/** What a run that has closed leaves to be done, to be done in this order: what it had asked for, then what becomes of its children. */
export function requestsLeftBy(requester: Requester): readonly (readonly OutgoingRequest[])[] {
  const { state } = requester;
  const { starting, requests, children } = state.asked;
  return [
    [...starting].map((child) => startOf(requester, child)),
    [...requests.values()].map((request) => requestOf(requester, request)),
    [...children.values()].flatMap((child) => closePolicyOf(requester, child)),
  ];
}

/** True when a run that closes leaves something to be done. */
export const leavesRequests = ({ asked }: RunState): boolean => asked.hasOutgoing || asked.children.size > 0;

function startOf({ runId, address, state }: Requester, child: PendingChild): StartChild {
  const ids = childOf(runId, child);
  const { parentClosePolicy: _, ...options } = child.options;
  const { workflowId } = state.started.data;
  return {
    kind: 'start-child',
    seq: child.seq,
    runId: ids.runId,
    nearQueue: state.started.data.taskQueue,
    started: {
      workflow: child.workflow,
      workflowId: ids.workflowId,
      ...options,
      parent: { runId, workflowId, childSeq: child.seq, shard: { taskQueue: address.taskQueue, partition: address.partition } },
    },
    input: child.input,
    key: `child ${runId}.${child.seq}`,
  };
}

function requestOf({ runId }: Requester, { event, child }: PendingExternalRequest): DeliverRequest | NoReceiver {
  const { seq, data } = event;
  const request = newRequestOf(event);
  const idempotencyKey = `request ${runId}.${seq}`;
  const namespace = defaultNamespace;
  if ('childSeq' in data) {
    if (!child) return { kind: 'no-receiver', seq };
    const { workflowId, runId: firstRunId } = childOf(runId, child);
    return { kind: 'deliver-request', seq, intake: { namespace, workflowId, firstRunId, request, idempotencyKey } };
  }
  const { workflowId, runId: named } = data;
  return {
    kind: 'deliver-request',
    seq,
    intake: { namespace, workflowId, ...(named !== undefined && { runId: named }), request, idempotencyKey },
  };
}

function newRequestOf(event: TypedEvent<'ExternalSignalRequested'> | TypedEvent<'ExternalCancelRequested'>): NewRequest {
  if (event.type === 'ExternalSignalRequested') {
    const { name } = event.data;
    return event.payload === undefined ? { kind: 'signal', name } : { kind: 'signal', name, payload: event.payload };
  }
  const { reason } = event.data;
  return reason === undefined ? { kind: 'cancel' } : { kind: 'cancel', reason };
}

function closePolicyOf({ runId, state }: Requester, child: PendingChild): readonly OutgoingRequest[] {
  const kind = child.options.parentClosePolicy ?? 'terminate';
  if (kind === 'abandon') return [];
  const { workflowId, runId: firstRunId } = childOf(runId, child);
  const request = { kind, reason: `its parent ${state.started.data.workflowId} has closed (${state.status})` } as const;
  const idempotencyKey = `parent-closed ${runId}.${child.seq}`;
  return [
    { kind: 'deliver-request', seq: child.seq, intake: { namespace: defaultNamespace, workflowId, firstRunId, request, idempotencyKey } },
  ];
}
