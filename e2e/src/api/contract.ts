import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** An OpenAPI document, as far as answers are checked against it. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

export interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Content };
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: object }>>;

/** An answer that the document does not allow. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}

/** The published description of the API, held against what the API answers. */
export class Contract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<object, ValidateFunction>();

  constructor(private readonly document: OpenApiDocument) {
    addFormats.default(this.ajv);
    this.ajv.addSchema({ $id: 'openapi', components: document.components });
  }

  /** @throws ContractError when the document knows the operation and not this answer to it. */
  check(method: string, path: string, status: number, contentType: string, text: string): void {
    const operation = this.operationOf(method, path);
    if (!operation) return;
    const { operationId } = operation;
    const response = operation.responses[status];
    if (!response) throw new ContractError(`${operationId} answered ${status}, which is not described: ${text.slice(0, 300)}`);
    const mediaType = contentType.split(';')[0]?.trim() ?? '';
    const schema = response.content?.[mediaType]?.schema;
    if (!schema && text !== '') throw new ContractError(`${operationId} answered ${status} with ${mediaType}, which is not described`);
    if (schema && mediaType.endsWith('json')) this.checkBody(`${operationId} ${status}`, schema, JSON.parse(text));
  }

  /** Compiles a schema of the document. @throws Error when it is none, or refers to one that is not there. */
  compile(schema: object): ValidateFunction {
    const known = this.validators.get(schema);
    if (known) return known;
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/')) as object;
    const validator = this.ajv.compile(absolute);
    this.validators.set(schema, validator);
    return validator;
  }

  /** The operation behind a request, when there is one. */
  private operationOf(method: string, path: string): Operation | undefined {
    const segments = pathnameOf(path).split('/');
    const template = Object.keys(this.document.paths).find((candidate) => fits(candidate.split('/'), segments));
    return template === undefined ? undefined : this.document.paths[template]?.[method.toLowerCase()];
  }

  private checkBody(what: string, schema: object, body: unknown): void {
    const validate = this.compile(schema);
    if (!validate(body)) throw new ContractError(`${what} is not as described: ${this.ajv.errorsText(validate.errors)}`);
  }
}

const pathnameOf = (path: string): string => path.split('?')[0] as string;

const fits = (template: readonly string[], segments: readonly string[]): boolean =>
  template.length === segments.length && template.every((part, i) => part.startsWith('{') || part === segments[i]);
