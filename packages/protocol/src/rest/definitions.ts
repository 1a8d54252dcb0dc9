import { z } from 'zod';
import { integerParameter, JsonObject, Name, TaskQueue } from './fields.js';

/** The query of `GET /definitions` */
export const ListDefinitionsQuery = z.strictObject({
  workflow: Name.optional().describe('Only this one, on every task queue.'),
  taskQueue: TaskQueue.optional().describe('Only those of this task queue.'),
  limit: integerParameter(1, 200).default(50).describe('How many, at most. Default: 50.'),
  cursor: z.string().optional().describe('The `next` of the page before.'),
});

const PayloadSchema = z
  .object({
    schema: JsonObject.describe('JSON Schema, draft 2020-12.'),
    isOptional: z.literal(true).optional().describe('Nothing at all may be sent, too.'),
  })
  .meta({ id: 'PayloadSchema' });

const Interactions = z.array(z.object({ name: z.string(), payload: PayloadSchema.optional().describe('What is sent with it.') }));

export const Definition = z
  .object({
    workflow: z.string(),
    taskQueue: TaskQueue,
    build: z.string().describe('Of the orchestrators that announced it last.'),
    input: PayloadSchema.optional(),
    signals: Interactions.optional().describe('Those that have types; others are kept for whoever wants them.'),
    queries: Interactions.optional().describe('All that there are. Absent: whatever the code has.'),
    updates: Interactions.optional().describe('All that there are. Absent: whatever the code has.'),
  })
  .meta({ id: 'Definition' });
export type Definition = z.output<typeof Definition>;

/** `GET /definitions` */
export const DefinitionList = z
  .object({
    definitions: z.array(Definition),
    next: z.string().optional().describe('The `cursor` of the next page; absent on the last one.'),
  })
  .meta({ id: 'DefinitionList' });
export type DefinitionList = z.output<typeof DefinitionList>;
