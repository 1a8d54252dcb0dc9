import { types } from 'node:util';
import { createContext, Script } from 'node:vm';
import { createLog } from '@marathon/host';
import { Injectable } from '@nestjs/common';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ProblemError } from '../http/problem.error.js';
import { BoundedCache } from './bounded-cache.js';

/** Of the schemas that are kept compiled. */
const charsMax = 16 * 1_024 * 1_024;
const compiledOverheadChars = 10_000;
const issuesMax = 20;
const textCharsMax = 200;

// `format` is an annotation, as the standard has it: libraries disagree on what a format allows, and what they check they write down as
// a pattern, too. What a gateway lets pass that the schema itself refuses, the orchestrator refuses.
const options = {
  strict: false,
  validateSchema: false,
  validateFormats: false,
  logger: false,
  ownProperties: true,
  // 4.35 is a multiple of 0.01, whatever division says.
  multipleOfPrecision: 4,
  // Libraries write patterns down without their flags.
  code: { regExp: Object.assign(inEitherCase, { code: 'inEitherCase' }) },
} as const;

/** How long patterns and comparisons may hold the gateway up: of some, an attacker makes minutes. */
const checkMsMax = 500;
/** What may take more time than in proportion to a value. */
const mayTakeLong = /"(?:pattern|patternProperties|uniqueItems)"/;

interface Issue {
  /** A JSON pointer into the value. */
  readonly pointer: string;
  readonly message: string;
}

type Check = { readonly validate: ValidateFunction | undefined; readonly isTimed: boolean };

/** Checks values against JSON Schemas, each compiled once. */
@Injectable()
export class PayloadSchemas {
  private readonly log = createLog(PayloadSchemas.name);
  private readonly ajv = lenient(new Ajv2020(options));
  private readonly checks = new BoundedCache<Check>(charsMax);

  /**
   * @param schema the text of a JSON Schema; one that makes no sense refuses nothing
   * @param field where the value stands in the request
   * @throws ProblemError MARATHON_PAYLOAD_INVALID naming the path within the value, and what was expected there
   */
  mustFit(schema: string, value: unknown, field: string): void {
    const check = this.checks.get(schema) ?? this.compiled(schema);
    const issues = issuesOf(check, value);
    if (!issues) return;
    const detail = issues.map(({ pointer, message }) => `${field}${pointer} ${message}`).join('; ');
    throw new ProblemError('MARATHON_PAYLOAD_INVALID', detail.slice(0, 1_000), { errors: issues.map((issue) => ({ field, ...issue })) });
  }

  private compiled(schema: string): Check {
    const check = { validate: this.compile(schema), isTimed: mayTakeLong.test(schema) };
    this.checks.set(schema, check, schema.length + compiledOverheadChars);
    return check;
  }

  private compile(schema: string): ValidateFunction | undefined {
    const { $schema, $async, ...body } = JSON.parse(schema) as Readonly<Record<string, unknown>>;
    try {
      return this.ajv.compile(body);
    } catch (error) {
      this.log.warn('a schema cannot be used to check what is sent', { error, schema: schema.slice(0, 1_000) });
      return undefined;
    } finally {
      // It would be kept for ever.
      this.ajv.removeSchema(body);
    }
  }
}

function issuesOf({ validate, isTimed }: Check, value: unknown): readonly Issue[] | undefined {
  if (!validate) return undefined;
  try {
    if (isTimed ? inTime(() => validate(value)) : validate(value)) return undefined;
  } catch (error) {
    if (isTimeout(error)) return [{ pointer: '', message: 'takes too long to be checked' }];
    // A schema that refers to itself follows the value down.
    if (error instanceof RangeError) return [{ pointer: '', message: 'is nested too deep to be checked' }];
    throw error;
  }
  return value === undefined ? [{ pointer: '', message: 'is required' }] : (validate.errors ?? []).slice(0, issuesMax).map(issueOf);
}

const timed: { check?: () => unknown } = {};
const timedContext = createContext(timed);
const timedScript = new Script('check()');

/** @throws an error with `ERR_SCRIPT_EXECUTION_TIMEOUT` */
function inTime(check: () => unknown): unknown {
  timed.check = check;
  try {
    return timedScript.runInContext(timedContext, { timeout: checkMsMax });
  } finally {
    delete timed.check;
  }
}

// An error of the context's own.
const isTimeout = (error: unknown) => types.isNativeError(error) && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

function inEitherCase(pattern: string, flags: string) {
  const [asWritten, ignoringCase] = [new RegExp(pattern, flags), new RegExp(pattern, `${flags}i`)];
  return { test: (text: string) => asWritten.test(text) || ignoringCase.test(text) };
}

/** A schema's author may have counted characters or code units: too short is what is so either way, as too long is. */
function lenient(ajv: Ajv2020): Ajv2020 {
  ajv.removeKeyword('minLength');
  return ajv.addKeyword({
    keyword: 'minLength',
    type: 'string',
    schemaType: 'number',
    validate: (min: number, text: string) => text.length >= min,
    error: { message: ({ schema }) => `must NOT have fewer than ${schema} characters` },
  });
}

function issueOf({ keyword, instancePath, params, message = 'does not fit' }: ErrorObject): Issue {
  switch (keyword) {
    case 'required':
      return { pointer: within(instancePath, params.missingProperty), message: 'is required' };
    case 'additionalProperties':
      return { pointer: within(instancePath, params.additionalProperty), message: 'is not known here' };
    case 'unevaluatedProperties':
      return { pointer: within(instancePath, params.unevaluatedProperty), message: 'is not known here' };
    case 'enum':
      return { pointer: cut(instancePath), message: cut(`must be one of ${params.allowedValues.map(shown).join(', ')}`) };
    case 'const':
      return { pointer: cut(instancePath), message: cut(`must be ${shown(params.allowedValue)}`) };
    default:
      return { pointer: cut(instancePath), message: cut(message) };
  }
}

const within = (path: string, key: string): string => cut(`${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
const shown = (value: unknown): string => JSON.stringify(value);
const cut = (text: string): string => (text.length > textCharsMax ? `${text.slice(0, textCharsMax)}…` : text);
