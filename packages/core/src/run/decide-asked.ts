import type { Payload } from '../payload.js';
import type { NewEvent } from './new-event.js';
import type { AnswerOfOthers } from './run-input.js';
import type { RunState } from './run-state.js';

/** What is recorded for the word of another run: nothing when it comes twice, or too late. */
export function answerTaken({ asked }: RunState, input: AnswerOfOthers): NewEvent | undefined {
  switch (input.kind) {
    case 'child-started': {
      const { childSeq, workflowId, runId } = input;
      if (asked.children.get(childSeq)?.isStarted !== false) return undefined;
      return { type: 'ChildWorkflowStarted', data: { childSeq, workflowId, runId } };
    }
    case 'child-start-failed': {
      const { childSeq, workflowId, reason } = input;
      if (asked.children.get(childSeq)?.isStarted !== false) return undefined;
      return { type: 'ChildWorkflowStartFailed', data: { childSeq, workflowId, reason } };
    }
    case 'child-closed': {
      const { childSeq, workflowId, runId, closing, result } = input;
      if (!asked.children.has(childSeq)) return undefined;
      return { type: 'ChildWorkflowClosed', data: { childSeq, workflowId, runId, ...closing }, ...payloadOf(result) };
    }
    case 'external-request-accepted': {
      const { requestSeq, runId } = input;
      return asked.requests.has(requestSeq) ? { type: 'ExternalRequestAccepted', data: { requestSeq, runId } } : undefined;
    }
    case 'external-request-failed': {
      const { requestSeq, reason } = input;
      return asked.requests.has(requestSeq) ? { type: 'ExternalRequestFailed', data: { requestSeq, reason } } : undefined;
    }
  }
}

const payloadOf = (payload: Payload | undefined) => (payload === undefined ? {} : { payload });
