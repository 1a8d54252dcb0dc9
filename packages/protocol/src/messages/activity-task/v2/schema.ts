import { z } from 'zod';
import { activityTaskV1 } from '../v1/schema.js';

export const activityTaskV2 = activityTaskV1
  .omit({ input: true })
  .extend({
    v: z.literal(2),
    inputAddress: z
      .object({
        url: z.string().describe('Where the input is, as JSON: `GET` it. The address can be read by whoever has it, until it expires.'),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        bytes: z.int().min(1),
      })
      .describe('Of an input that is too large for a message.'),
  })
  .describe('An attempt as in version 1, whose input is too large for a message.');
