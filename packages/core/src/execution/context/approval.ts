import type { Duration } from '../../duration.js';
import { encodePayload, type Payload } from '../../payload.js';
import type { ApprovalRequest, RecordedActivityOptions } from '../../run/activity-options.js';
import type { Schema } from '../definition/schema.js';
import { InvalidCommandError } from '../errors.js';
import { intervalMs } from './interval.js';

/** What `ctx.approval` asks a person. */
export interface ApprovalOptions<Answer = unknown> {
  /** 1 to 200 characters. */
  readonly title: string;
  /** At most 10,000 characters. */
  readonly description?: string;
  /** What an answer must fit: others are refused where they are sent. It types the answer. Default: anything. */
  readonly schema?: Schema<Answer>;
  /** Whose it is to answer; a name of yours, 1 to 200 characters. Default: nobody's in particular. */
  readonly assignee?: string;
  /** How long an answer is waited for. Default: for ever. */
  readonly deadline?: Duration | number;
  /** Unanswered after this time, it becomes another's. */
  readonly escalation?: { readonly after: Duration | number; readonly assignee: string };
}

const descriptionCharsMax = 10_000;
const schemaCharsMax = 64 * 1_024;
const linePattern = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

/** As it is recorded. @throws InvalidCommandError naming the option that makes no sense. */
export function approvalCommandOptions(options: ApprovalOptions<never>): RecordedActivityOptions {
  const { title, description, assignee, deadline, escalation, schema } = options;
  mustBeLine('title', title);
  if (assignee !== undefined) mustBeLine('assignee', assignee);
  if (escalation) mustBeLine('escalation.assignee', escalation.assignee);
  if ((description?.length ?? 0) > descriptionCharsMax) {
    throw new InvalidCommandError(`the description of an approval has more than ${descriptionCharsMax} characters`);
  }
  const approval: ApprovalRequest = {
    title,
    ...(description !== undefined && { description }),
    ...(assignee !== undefined && { assignee }),
    ...(schema && { schema: jsonSchemaOf(schema) }),
    ...(escalation && { escalation: { afterMs: intervalMs('escalation.after', escalation.after), assignee: escalation.assignee } }),
  };
  return deadline === undefined ? { approval } : { approval, scheduleToCloseTimeoutMs: Math.max(1, intervalMs('deadline', deadline)) };
}

function mustBeLine(option: string, text: unknown): void {
  if (typeof text === 'string' && linePattern.test(text)) return;
  throw new InvalidCommandError(`${option} of an approval must be a text of 1 to 200 characters, without control characters`);
}

function jsonSchemaOf(schema: Schema<never>): Readonly<Record<string, unknown>> {
  const jsonSchema = schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
  const text = encodePayload(jsonSchema, 'the schema of an approval') as Payload;
  if (text.length <= schemaCharsMax) return jsonSchema;
  throw new InvalidCommandError(`the schema of an approval has more than ${schemaCharsMax} characters of JSON`);
}
