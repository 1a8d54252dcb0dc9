import type { RunId } from '../../ids.js';
import { childClosing } from '../../messages/child-closing.js';
import type { RunReader } from '../../ports/run-reader.port.js';
import { childOf } from '../../run/asked.js';
import type { ChildClosed } from '../../run/run-input.js';
import type { RunState } from '../../run/run-state.js';

/** A child whose end its parent may not have heard of. */
export interface AbsentChild {
  readonly parent: RunId;
  readonly childSeq: number;
  readonly workflowId: string;
  /** Its first run, and the one from which on its history is looked through. */
  readonly runId: RunId;
  readonly fromRunId: RunId;
}

/** The children that have started and not closed, as far as the parent's history says. */
export function openChildren(
  parent: RunId,
  { asked, isOpen }: RunState,
  startedBeforeMs = Number.POSITIVE_INFINITY,
): readonly AbsentChild[] {
  if (!isOpen) return [];
  return [...asked.children.values()].flatMap((child) => {
    if (!child.isStarted || child.initiatedAtMs >= startedBeforeMs) return [];
    const ids = childOf(parent, child);
    return [{ parent, childSeq: child.seq, ...ids, fromRunId: ids.runId }];
  });
}

/** The ends of those that have closed, found by following who continued them. */
export async function closingsOf(
  reader: Pick<RunReader, 'readClosings'>,
  children: readonly AbsentChild[],
): Promise<readonly { readonly parent: RunId; readonly closed: ChildClosed }[]> {
  const found: { parent: RunId; closed: ChildClosed }[] = [];
  let open = children.map((child) => ({ child, at: child.fromRunId }));
  while (open.length > 0) {
    const closings = new Map((await reader.readClosings(open.map(({ at }) => at))).map(({ runId, closing }) => [runId, closing]));
    open = open.flatMap(({ child, at }) => {
      const event = closings.get(at);
      if (event?.type === 'WorkflowContinuedAsNew') return [{ child, at: event.data.newRunId }];
      const outcome = event && childClosing(event);
      if (outcome) found.push({ parent: child.parent, closed: childClosed(child, outcome) });
      return [];
    });
  }
  return found;
}

export function childClosed(
  { childSeq, workflowId, runId }: Pick<AbsentChild, 'childSeq' | 'workflowId' | 'runId'>,
  { result, ...closing }: NonNullable<ReturnType<typeof childClosing>>,
): ChildClosed {
  return { kind: 'child-closed', childSeq, workflowId, runId, closing, ...(result !== undefined && { result }) };
}
