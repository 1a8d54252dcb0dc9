import { z } from 'zod';
import { attemptRefFields, nameField } from '../../parts/fields.js';

export const activityAnnouncedV1 = z
  .object({ type: z.literal('activity-announced'), v: z.literal(1), ...attemptRefFields, worker: nameField })
  .describe("A worker is at an attempt and will renew its lease. To the task's `replyTo`, key = runId.");
