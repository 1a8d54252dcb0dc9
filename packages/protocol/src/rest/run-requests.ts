import { z } from 'zod';
import { Name, RunIdText } from './fields.js';

/** The body of `POST /workflows/{workflowId}/cancel` and `/terminate` */
export const ReasonRequest = z.strictObject({ reason: z.string().max(1_000).optional() }).meta({ id: 'ReasonRequest' });
export type ReasonRequest = z.output<typeof ReasonRequest>;

/** A signal, cancellation, termination or resumption is durable. */
export const RequestAccepted = z.object({ workflowId: Name, runId: RunIdText }).meta({ id: 'RequestAccepted' });
export type RequestAccepted = z.output<typeof RequestAccepted>;

/** The header `Idempotency-Key`: 1–255 visible ASCII characters. */
export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must have 1 to 255 visible ASCII characters');

/** The body of `POST /workflows/{workflowId}/resume` */
export const NoBody = z.strictObject({});
