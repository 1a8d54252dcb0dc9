import { z } from 'zod';
import { JsonValue, Name, RunIdText } from './fields.js';
import { Wait } from './workflow-outcome.js';

/** The body of `POST /workflows/{workflowId}/cancel` and `/terminate` */
export const ReasonRequest = z.strictObject({ reason: z.string().max(1_000).optional() }).meta({ id: 'ReasonRequest' });
export type ReasonRequest = z.output<typeof ReasonRequest>;

/** A signal, cancellation, termination or resumption is durable. */
export const RequestAccepted = z.object({ workflowId: Name, runId: RunIdText }).meta({ id: 'RequestAccepted' });
export type RequestAccepted = z.output<typeof RequestAccepted>;

/** The query of `POST /workflows/{workflowId}/queries/{name}` */
export const AnswerQuery = z.strictObject({ runId: RunIdText.optional(), wait: Wait.optional() });

/** What a run answered. A result of `undefined` is left out. */
export const RunAnswer = z.object({ workflowId: Name, runId: RunIdText, result: JsonValue.optional() }).meta({ id: 'RunAnswer' });
export type RunAnswer = z.output<typeof RunAnswer>;

/** What came of an update: a result when it is answered. `updateId` is the `Idempotency-Key`, or was made. */
export const UpdateAnswer = z
  .object({ workflowId: Name, runId: RunIdText, updateId: z.string(), result: JsonValue.optional() })
  .meta({ id: 'UpdateAnswer' });
export type UpdateAnswer = z.output<typeof UpdateAnswer>;

/** The header `Idempotency-Key`: 1–255 visible ASCII characters. */
export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must have 1 to 255 visible ASCII characters');

/** The body of `POST /workflows/{workflowId}/resume` */
export const NoBody = z.strictObject({});
