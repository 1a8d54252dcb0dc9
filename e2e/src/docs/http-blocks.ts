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

const requestLine = /^(GET|POST) (\/.*)$/;
const headerLine = /^([A-Za-z-]+): (.*)$/;

/**
 * Sends the requests of a block one after the other.
 * @throws Error for one that does not succeed
 */
export async function send(block: string, url: string, values: Readonly<Record<string, unknown>>): Promise<Answer> {
  let answer: Answer | undefined;
  for (const request of requestsIn(block)) answer = await sendOne(request, url, values);
  if (!answer) throw new Error('a block of http has a request');
  return answer;
}

async function sendOne(request: Request, url: string, values: Readonly<Record<string, unknown>>): Promise<Answer> {
  const target = request.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const response = await fetch(new URL(target, url), {
    method: request.method,
    headers: { ...request.headers, ...(request.body && { 'content-type': 'application/json' }) },
    ...(request.body && { body: request.body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${request.method} ${request.path} is answered ${response.status}: ${text}`);
  return { body: text === '' ? undefined : JSON.parse(text), again: () => sendOne(request, url, values) };
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
 * Asks again until the answer is what a block shows.
 * @throws Error when it is not after some seconds
 */
export async function checkAnswer(block: string, answer: Answer): Promise<void> {
  const shown = masked(JSON.parse(block));
  for (let asked = answer, times = 1; !isDeepStrictEqual(shown, masked(asked.body)); asked = await asked.again(), times++) {
    if (times > 100) throw new Error(`the answer is ${JSON.stringify(asked.body, null, 2)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Without what differs from one run to the next. */
function masked(value: unknown): unknown {
  const text = JSON.stringify(value, (key, each: unknown) => (key === 'build' ? '(build)' : each));
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
