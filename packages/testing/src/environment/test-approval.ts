import type { PendingActivity, RunState } from '@marathon/core';
import { z } from 'zod';
import { PayloadRefusedError } from './refusals.js';

/** What a run asks a person, open until it is answered, its deadline passes or the run goes on without it. */
export interface TestApproval {
  readonly title: string;
  readonly description?: string;
  /** Whose it is now: escalations change it. */
  readonly assignee?: string;
  /**
   * Answers it, and resolves when the run has done what it does at once.
   * @throws PayloadRefusedError when the answer does not fit the schema, AttemptOverError when it is not open any more,
   * RunNotOpenError when no run of the workflow is open.
   */
  answer<Answer = unknown>(value?: Answer, options?: { readonly answeredBy?: string }): Promise<void>;
}

type Submit = (activitySeq: number, answer: unknown, answeredBy: string | undefined) => Promise<void>;

/** The open ones of a run, in the order in which they were asked. */
export function openApprovals({ activities }: RunState, submit: Submit): TestApproval[] {
  return [...activities.values()].flatMap((activity) => approvalOf(activity, submit) ?? []);
}

function approvalOf({ seq, options, approval }: PendingActivity, submit: Submit) {
  if (!options.approval) return undefined;
  const { title, description, schema } = options.approval;
  return {
    title,
    ...(description !== undefined && { description }),
    ...(approval?.assignee !== undefined && { assignee: approval.assignee }),
    answer: async (value?: unknown, { answeredBy }: { readonly answeredBy?: string } = {}) => {
      if (schema) mustAnswer(title, schema, value);
      await submit(seq, value, answeredBy);
    },
  };
}

function mustAnswer(title: string, schema: Readonly<Record<string, unknown>>, value: unknown): void {
  const { error } = z.fromJSONSchema(schema).safeParse(value);
  if (!error) return;
  const shown = error.issues.map(({ path, message }) => (path.length === 0 ? message : `/${path.join('/')}: ${message}`));
  throw new PayloadRefusedError(`the answer to "${title}" is refused: ${shown.join('; ')}`);
}
