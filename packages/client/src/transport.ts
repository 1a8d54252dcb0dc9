import type { Problem } from '@marathon/protocol';
import { Deadline } from './deadline.js';
import {
  MarathonApiError,
  MarathonConnectionError,
  UnexpectedAnswerError,
  WorkflowAlreadyOpenError,
  WorkflowNotFoundError,
} from './errors.js';
import { pause, retryDelayMs } from './retry.js';

/** Where a gateway is, and how it is spoken to. */
export interface TransportOptions {
  /** `http://127.0.0.1:8080`, with a path where a proxy asks for one. In a page a path alone will do. */
  readonly url: string;
  /** Sent with every request, for proxies that ask who is there. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What requests are made with. Default: the `fetch` of the platform. */
  readonly fetch?: typeof fetch;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  /** Each part becomes one segment. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; nothing is sent for `undefined`. */
  readonly body?: unknown;
  /** Makes a call repeatable that changes something. */
  readonly idempotencyKey?: string;
  /** Of a call that does no more when it comes twice, though its method is another than GET. */
  readonly isRepeatable?: boolean;
  /** How long the gateway was asked to wait before it answers. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** How long an answer may take, apart from what the gateway was asked to wait. */
const answerMsMax = 30_000;
/** As much of an answer that is no problem is quoted. */
const quotedCharsMax = 200;

/** HTTP as the client needs it. Repeats what may be repeated: what only reads, what has an idempotency key, and what says of itself that it may. */
export class Transport {
  readonly #url: string;

  constructor(private readonly options: TransportOptions) {
    this.#url = addressOf(options.url);
  }

  /**
   * Calls and reads the answer, in JSON.
   * @throws MarathonApiError, MarathonConnectionError, UnexpectedAnswerError, the reason of the call's signal
   */
  async send<Body>(call: Call): Promise<Answer<Body>> {
    const isRepeatable = call.method === 'GET' || call.isRepeatable || call.idempotencyKey !== undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(call);
      } catch (error) {
        call.signal?.throwIfAborted();
        const delayMs = isRepeatable ? retryDelayMs(error, attempt) : undefined;
        if (delayMs === undefined) throw error;
        await pause(delayMs, call.signal);
      }
    }
  }

  /** Calls once, and leaves the body of a good answer to be read. @throws as `send` */
  async open(call: Call): Promise<Response> {
    const { fetch: send = globalThis.fetch } = this.options;
    const request = this.#request(call);
    const response = await connected(() => send(...request));
    if (!response.ok) throw refusalOf(response, await connected(() => response.text()));
    return response;
  }

  async #attempt<Body>(call: Call): Promise<Answer<Body>> {
    const ms = answerMsMax + (call.waitMs ?? 0);
    const deadline = new Deadline(ms, new Error(`no answer within ${ms} ms`), call.signal);
    try {
      const response = await this.open({ ...call, signal: deadline.signal });
      const text = await connected(() => response.text());
      return { status: response.status, body: parse(response, text) as Body };
    } finally {
      deadline.end();
    }
  }

  #request({ method, path, query = {}, headers, body, idempotencyKey, signal }: Call): readonly [url: string, RequestInit] {
    const url = `${this.#url}/${path.map(encodeURIComponent).join('/')}${queryText(query)}`;
    const init = {
      method,
      headers: {
        ...this.options.headers,
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    };
    return [url, init];
  }
}

/** A path alone is one of the page's own server. @throws TypeError for what is no address of HTTP */
function addressOf(url: string): string {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  const base = location?.href;
  const address = URL.canParse(url, base) ? new URL(url, base) : undefined;
  if (!address || !/^https?:$/.test(address.protocol))
    throw new TypeError(`"${url}" is no address of a gateway: write one like http://127.0.0.1:8080`);
  return `${address.origin}${address.pathname.replace(/\/+$/, '')}`;
}

/** A key that nobody else has. `crypto.randomUUID` is missing in pages that came without TLS. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @throws MarathonConnectionError for whatever goes wrong on the way */
async function connected<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (cause) {
    throw new MarathonConnectionError(`the gateway cannot be reached: ${innermost(cause)}`, { cause });
  }
}

/** `fetch failed` says nothing; its cause does. */
function innermost(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error
    ? innermost(error.cause)
    : error instanceof Error
      ? error.message
      : String(error);
}

function queryText(query: NonNullable<Call['query']>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.append(name, String(value));
  const text = given.toString();
  return text === '' ? '' : `?${text}`;
}

function parse({ url, status }: Response, text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new UnexpectedAnswerError(`${url} answered ${status} with what is no JSON: ${text.slice(0, quotedCharsMax)}`, { cause });
  }
}

function refusalOf(response: Response, text: string): Error {
  const { status } = response;
  const unknown = {
    type: 'about:blank',
    title: `the answer was ${status}`,
    detail: text.slice(0, quotedCharsMax),
    code: 'MARATHON_ANSWER_UNEXPECTED',
  };
  const problem = { ...(problemIn(text) ?? unknown), status };
  const ErrorClass = classes[problem.code as keyof typeof classes] ?? MarathonApiError;
  return new ErrorClass(problem, retryAfterMs(response.headers.get('retry-after')));
}

const classes = {
  MARATHON_WORKFLOW_ID_IN_USE: WorkflowAlreadyOpenError,
  MARATHON_WORKFLOW_NOT_FOUND: WorkflowNotFoundError,
};

/** What a proxy answers is no problem of ours. */
function problemIn(text: string): Problem | undefined {
  try {
    const problem = JSON.parse(text) as Problem | null;
    return typeof problem?.code === 'string' && typeof problem.title === 'string' ? problem : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds, or a date. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
