import { z } from 'zod';
import { failureField } from '../../parts/failure.js';
import { attemptRefFields, payloadField } from '../../parts/fields.js';

const head = { type: z.literal('activity-finished'), v: z.literal(1), ...attemptRefFields };
/** Of the last heartbeat, when there were any. */
const tail = { heartbeatDetails: payloadField };

export const activityFinishedV1 = z
  .discriminatedUnion('outcome', [
    z.object({ ...head, outcome: z.literal('completed'), result: payloadField, ...tail }),
    z.object({ ...head, outcome: z.literal('failed'), failure: failureField, ...tail }),
    z.object({ ...head, outcome: z.literal('timed-out'), timeout: z.enum(['startToClose', 'heartbeat']), ...tail }),
    z.object({ ...head, outcome: z.literal('handed-back'), reason: z.string(), ...tail }),
  ])
  .describe("How an attempt ended. To the task's `replyTo`, key = runId.");
