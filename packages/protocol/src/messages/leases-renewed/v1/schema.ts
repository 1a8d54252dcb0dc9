import { z } from 'zod';
import { attemptRefFields, instantField, nameField, payloadField } from '../../parts/fields.js';

export const leasesRenewedV1 = z
  .object({
    type: z.literal('leases-renewed'),
    v: z.literal(1),
    worker: nameField,
    leases: z.array(
      z.object({
        ...attemptRefFields,
        heartbeat: z
          .object({ atMs: instantField, details: payloadField })
          .exactOptional()
          .describe('Present when the code sent a heartbeat since the last renewal.'),
      }),
    ),
  })
  .describe("All the leases that a worker holds in one shard. To the tasks' `replyTo`, key = the worker.");
