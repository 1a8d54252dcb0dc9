import { durationMs } from '@marathon/core';
import { z } from 'zod';
import { failureField } from '../messages/parts/failure.js';
import { DurationText, JsonValue, Name, RunIdText, Status } from './fields.js';

/** The longest `?wait`. */
export const waitMsMax = 120_000;

/** How long the gateway waits for a run to close before it answers. */
export const Wait = DurationText.refine((text) => durationMs(text) <= waitMsMax, { message: 'must be at most 120s', abort: true });

/** The query of `POST /workflows` */
export const WaitQuery = z.strictObject({ wait: Wait.optional() });

/** The query of `GET /workflows/{workflowId}/result` */
export const ResultQuery = z.strictObject({ runId: RunIdText.optional(), wait: Wait.optional() });

/** What came of a run: `result` or `failure` once it is closed. A result of `undefined` is left out. */
export const WorkflowOutcome = z
  .object({
    workflowId: Name,
    runId: RunIdText,
    workflow: Name,
    status: Status,
    result: JsonValue.optional(),
    failure: failureField.optional(),
  })
  .meta({ id: 'WorkflowOutcome' });
export type WorkflowOutcome = z.output<typeof WorkflowOutcome>;
