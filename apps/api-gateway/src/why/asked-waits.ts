import { childOf, type PendingChild, type PendingExternalRequest, type RunId } from '@marathon/core';
import type { RunView, ViewedWait } from './run-view.js';

/** What the run's owner has to ask of others. */
export function outgoingRequestWaits({ state, run, atMs }: RunView): readonly ViewedWait[] {
  const { starting, requests } = state.asked;
  return [
    ...[...starting].map(
      (child): ViewedWait => ({
        kind: 'child-start',
        what: `The child workflow "${child.workflow}" is not started yet.`,
        sinceMs: child.initiatedAtMs,
        remedy: `When it stays so, no orchestrator has registered "${child.workflow}" on the task queue it is for: deploy one that has.`,
        ...factsOf(run.runId, child),
      }),
    ),
    ...[...requests.values()].map(
      (request): ViewedWait => ({
        kind: 'external-request',
        what: `${request.event.type === 'ExternalSignalRequested' ? `The signal "${request.event.data.name}"` : 'A cancellation'} is not brought to ${receiverOf(run.runId, request)} yet.`,
        sinceMs: atMs(request.event.seq),
        requestSeq: request.event.seq,
      }),
    ),
  ];
}

/** Children that have started, and whose end the run has not heard of. */
export function childWaits({ state, run }: RunView): readonly ViewedWait[] {
  const started = [...state.asked.children.values()].filter(({ isStarted }) => isStarted);
  return started.map((child): ViewedWait => {
    const facts = factsOf(run.runId, child);
    return {
      kind: 'child',
      what: `The child workflow "${child.workflow}" (${facts.childWorkflowId}) has not closed.`,
      sinceMs: child.initiatedAtMs,
      remedy: `Ask what it waits for: GET /workflows/${encodeURIComponent(facts.childWorkflowId)}/why.`,
      ...facts,
    };
  });
}

function factsOf(parent: RunId, child: PendingChild) {
  return { childSeq: child.seq, workflow: child.workflow, childWorkflowId: childOf(parent, child).workflowId };
}

function receiverOf(runId: RunId, { event: { data }, child }: PendingExternalRequest): string {
  if (!('childSeq' in data)) return `workflow "${data.workflowId}"`;
  return child ? `the child "${childOf(runId, child).workflowId}"` : 'a child that has closed';
}
