import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { root } from './page.js';

/** What the last request of a block was answered. */
export interface Answer {
  readonly body: unknown;
  /** Sends it again. */
  again(): Promise<Answer>;
}

type Values = Readonly<Record<string, unknown>>;

const requestLine = /^(GET|POST) (\/.*)$/;
const headerLine = /^([A-Za-z-]+): (.*)$/;

/**
 * Sends the requests of a block one after the other.
 * @throws Error for one that does not succeed
 */
export async function send(block: string, url: string, values: Values, before: Answer | undefined): Promise<Answer> {
  let answer = before;
  for (const request of requestsIn(block)) answer = await sendOne(request, url, values, answer?.body);
  if (answer === undefined || answer === before) throw new Error('a block of http has a request');
  return answer;
}

/** @param before where values are found that no block exports: what was answered last */
async function sendOne(request: Request, url: string, values: Values, before: unknown): Promise<Answer> {
  const target = request.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values[name] ?? found(name, before))),
  );
  const response = await fetch(new URL(target, url), {
    method: request.method,
    headers: { ...request.headers, ...(request.body && { 'content-type': 'application/json' }) },
    ...(request.body && { body: request.body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${request.method} ${request.path} is answered ${response.status}: ${text}`);
  return { body: text === '' ? undefined : JSON.parse(text), again: () => sendOne(request, url, values, before) };
}

/** The first member of that name. */
function found(name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const own = (value as Values)[name];
  if (own !== undefined) return own;
  return Object.values(value)
    .map((member) => found(name, member))
    .find((member) => member !== undefined);
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  body: string;
}

function requestsIn(block: string): readonly Request[] {
  const requests: Request[] = [];
  for (const line of block.trimEnd().split('\n')) {
    const [, method, target] = requestLine.exec(line) ?? [];
    const request = requests.at(-1);
    if (method && target) requests.push({ method, path: target, headers: {}, body: '' });
    else if (!request) throw new Error(`a block of http begins with a request, not with "${line}"`);
    else {
      const [, name, value] = request.body === '' ? (headerLine.exec(line) ?? []) : [];
      if (name && value) request.headers[name] = value;
      else if (line !== '' || request.body !== '') request.body += `${line}\n`;
    }
  }
  return requests;
}

/**
 * Looks at values, one after the other in a block.
 * @throws Error for what is no JSON, or a message that does not fit its schema
 */
export function checkJson(block: string): void {
  for (const text of block.split(/\n(?=\{)/)) mustFitItsSchema(JSON.parse(text.replaceAll('"…"', `"${someId}"`)));
}

const someId = '01939d1e-7a40-7c31-9f6e-2b6a0c5d4e11';

/**
 * Asks again until the answer is what a block shows, and gives that.
 * @throws Error when it is not after some seconds
 */
export async function checkAnswer(block: string, answer: Answer): Promise<Answer> {
  const shown = masked(JSON.parse(block));
  let asked = answer;
  for (let times = 1; !isDeepStrictEqual(shown, masked(asked.body)); times++) {
    if (times > 100) throw new Error(`the answer is ${JSON.stringify(asked.body, null, 2)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    asked = await asked.again();
  }
  return asked;
}

/** Without what differs from one run to the next. */
function masked(value: unknown): unknown {
  const text = JSON.stringify(value, (key, each: unknown) => (key === 'build' || /AtMs$/.test(key) ? '(differs)' : each));
  const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  return JSON.parse(text.replaceAll(ids, '(id)').replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '(instant)'));
}

function mustFitItsSchema(value: unknown): void {
  const { type, v } = value as { readonly type?: unknown; readonly v?: unknown };
  if (typeof type !== 'string' || typeof v !== 'number') return;
  const schema = readFileSync(path.join(root, `docs/reference/messages/${type}.v${v}.schema.json`), 'utf8');
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  if (!ajv.validate(JSON.parse(schema), value)) throw new Error(`a message "${type}": ${ajv.errorsText()}`);
}
