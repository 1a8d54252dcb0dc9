import { z } from 'zod';
import { Instant, integerParameter } from './fields.js';

const kinds = ['activity-concurrency', 'activity-rate', 'queue-window', 'workflow-concurrency', 'workflow-rate'] as const;

/** The query of `GET /limits` */
export const ListLimitsQuery = z.strictObject({
  limit: integerParameter(1, 200).default(50).describe('How many, at most. Default: 50.'),
  cursor: z.string().optional().describe('The `next` of the page before.'),
});

export const Limit = z
  .object({
    kind: z.enum(kinds).describe('`queue-window`: what a task queue gives to workers of attempts with a priority or a fairness key alone.'),
    key: z.string(),
    limit: z.int().describe('As it was stated last.'),
    perMs: z.number().optional().describe('Of a rate: the time in which `limit` may begin.'),
    inFlight: z.int().describe('How many hold a place; 0 of a rate.'),
    waiting: z.int().describe('How many wait; no more than 10,000 are counted.'),
    oldestWaitingSince: Instant.optional(),
    nextTokenAt: Instant.optional().describe('Of a rate for which somebody waits.'),
  })
  .meta({ id: 'Limit' });
export type Limit = z.output<typeof Limit>;

export const LimitList = z.object({ limits: z.array(Limit), next: z.string().optional() }).meta({ id: 'LimitList' });
export type LimitList = z.output<typeof LimitList>;

/** A limit that a run waits for. */
export const AwaitedLimit = Limit.omit({ oldestWaitingSince: true })
  .extend({ ahead: z.int().describe('How many go before it; no more than 10,000 are counted.') })
  .meta({ id: 'AwaitedLimit' });
export type AwaitedLimit = z.output<typeof AwaitedLimit>;
