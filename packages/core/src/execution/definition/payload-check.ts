import { MarathonError } from '../../errors.js';
import { decodePayload, type Payload } from '../../payload.js';
import type { Schema } from './schema.js';

/** Where a value does not fit its schema. */
export interface PayloadIssue {
  /** A JSON pointer into the value; empty for the whole of it. */
  readonly path: string;
  readonly message: string;
}

const issuesMax = 20;
const messageCharsMax = 500;

/** A value does not fit the schema that a contract has for it. `details.issues` says where. */
export class PayloadInvalidError extends MarathonError {
  readonly code = 'MARATHON_PAYLOAD_INVALID';
  readonly nonRetryable = true;
  readonly details: { readonly issues: readonly PayloadIssue[] };

  /** @param what names the value: `the input of activity "charge"` */
  constructor(what: string, issues: readonly PayloadIssue[]) {
    const [first] = issues;
    const at = first?.path ? ` at ${first.path}` : '';
    super(`${what} does not fit its schema${at}: ${first?.message ?? 'it was refused'}`);
    this.details = { issues };
  }
}

/** The input of a run does not fit the schema of its workflow: its code never began. */
export class WorkflowInputInvalidError extends PayloadInvalidError {}

/** What is wrong with a value, as it is recorded; nothing when it fits, or when there is no schema. Never throws. */
export function issuesOf(schema: Schema | undefined, payload: Payload | undefined): readonly PayloadIssue[] | undefined {
  if (!schema) return undefined;
  try {
    const result = schema['~standard'].validate(decodePayload(payload));
    if (result instanceof Promise) {
      result.catch(() => {});
      return [{ path: '', message: 'the schema answers later: only schemas that answer at once can be used' }];
    }
    return result.issues?.slice(0, issuesMax).map(({ path = [], message }) => ({ path: pointer(path), message: cut(message) }));
  } catch (error) {
    return [{ path: '', message: cut(`the schema threw ${String(error)}`) }];
  }
}

/** @throws PayloadInvalidError */
export function mustFit(schema: Schema | undefined, payload: Payload | undefined, what: string): void {
  const issues = issuesOf(schema, payload);
  if (issues) throw new PayloadInvalidError(what, issues);
}

type Path = readonly (PropertyKey | { readonly key: PropertyKey })[];

const pointer = (path: Path): string =>
  path
    .map((segment) => String(typeof segment === 'object' ? segment.key : segment))
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
    .slice(0, messageCharsMax);

const cut = (message: string): string => (message.length > messageCharsMax ? `${message.slice(0, messageCharsMax)}…` : message);
