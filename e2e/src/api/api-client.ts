import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'undici';
import { type HistoryEntry, isClosed } from '../history-checks.js';
import type { Description, HistoryPage, Outcome, RunList, Started, Why } from './answers.js';
import { Contract, type OpenApiDocument } from './contract.js';
import { readEventStream, type ServerSentEvent } from './event-stream.js';

export interface Answer<Body> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of an answer in JSON. */
  readonly body: Body;
}

export interface Sending {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, announced as JSON unless `headers` say otherwise. */
  readonly text?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StartRequest {
  readonly workflow: string;
  readonly workflowId?: string;
  readonly input?: unknown;
  readonly taskQueue?: string;
  readonly memo?: unknown;
  readonly searchAttributes?: unknown;
  readonly runTimeout?: string;
  readonly startDelay?: string;
  readonly concurrency?: unknown;
  readonly rateLimit?: unknown;
  readonly priority?: number;
  readonly fairnessKey?: string;
  readonly signal?: { readonly name?: string; readonly payload?: unknown };
  readonly idConflict?: string;
}

type OfRun = { readonly runId?: string };

const historyPageLimit = 1_000;

/** The HTTP API, and nothing else of the system. Every answer is held against the published description. */
export class ApiClient {
  /** By the order in which they were asked for. */
  private readonly starts: (Started | undefined)[] = [];
  private readonly terminated: Started[] = [];
  private readonly agent = new Agent({ headersTimeout: 150_000, bodyTimeout: 150_000, connections: 256 });
  private contract: Contract | undefined;

  constructor(readonly url: string) {}

  /** Every run that was started here, in the order in which they were asked for. */
  get startedRuns(): readonly Started[] {
    return this.starts.filter((started) => started !== undefined);
  }

  async openApi(): Promise<OpenApiDocument> {
    const { body } = await this.call<OpenApiDocument>('GET', '/openapi.json');
    return body;
  }

  /** Reads the description. */
  async open(): Promise<void> {
    this.contract = new Contract(await this.openApi());
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  async call<Body = unknown>(method: string, path: string, { json, text, headers }: Sending = {}): Promise<Answer<Body>> {
    const place = method === 'POST' && /^\/workflows(\?|$)/.test(path) ? this.starts.push(undefined) - 1 : undefined;
    const sent = json === undefined ? text : JSON.stringify(json);
    const response = await request(this.url + path, {
      method: method as 'GET',
      dispatcher: this.agent,
      headers: { ...(sent !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(sent !== undefined && { body: sent }),
    });
    const received = await response.body.text();
    const contentType = String(response.headers['content-type'] ?? '');
    this.contract?.check(method, path, response.statusCode, contentType, received);
    const body = (contentType.includes('json') && received !== '' ? JSON.parse(received) : undefined) as Body;
    if (place !== undefined && response.statusCode < 300) this.starts[place] = body as Started;
    return { status: response.statusCode, headers: response.headers, text: received, body };
  }

  // Runs ---------------------------------------------------------------------------------------------------------------------

  async start<Body = Started>(start: StartRequest, query: { wait?: string } = {}, key?: string): Promise<Answer<Body>> {
    return await this.call<Body>('POST', `/workflows${queryOf(query)}`, { json: start, ...withKey(key) });
  }

  /** Starts a workflow under an id of its own. @throws Error unless it was started. */
  async started(workflow: string, input?: unknown, more: Partial<StartRequest> = {}): Promise<Started> {
    const { status, text, body } = await this.start({ workflow, workflowId: freshId(workflow), input, ...more });
    if (status !== 201) throw new Error(`${workflow} was not started: ${status} ${text}`);
    return body;
  }

  /** Runs a workflow to its end. @throws Error when it has not ended within a minute. */
  async run(workflow: string, input?: unknown, more: Partial<StartRequest> = {}): Promise<Outcome> {
    const { status, text, body } = await this.start<Outcome>({ workflow, workflowId: freshId(workflow), input, ...more }, { wait: '60s' });
    if (status !== 200) throw new Error(`${workflow} has not ended: ${status} ${text}`);
    return body;
  }

  /** @throws Error when the run has not ended within a minute. */
  async outcome(workflowId: string, ofRun: OfRun = {}): Promise<Outcome> {
    const { status, text, body } = await this.result(workflowId, { wait: '60s', ...ofRun });
    if (status !== 200) throw new Error(`${workflowId} has not ended: ${status} ${text}`);
    return body;
  }

  result(workflowId: string, query: OfRun & { wait?: string } = {}): Promise<Answer<Outcome>> {
    return this.call('GET', `${pathOf(workflowId)}/result${queryOf(query)}`);
  }

  async describe(workflowId: string, ofRun: OfRun = {}): Promise<Description> {
    const { status, text, body } = await this.call<Description>('GET', pathOf(workflowId) + queryOf(ofRun));
    if (status !== 200) throw new Error(`${workflowId} cannot be described: ${status} ${text}`);
    return body;
  }

  /** The description as soon as `holds` holds of it; between two looks it waits for the run's end. */
  async describeWhen(workflowId: string, holds: (run: Description) => boolean): Promise<Description> {
    for (;;) {
      const run = await this.describe(workflowId);
      if (holds(run)) return run;
      if (isClosed(run.status)) throw new Error(`${workflowId} ended: ${JSON.stringify(run)}`);
      await this.result(workflowId, { wait: '50ms' });
    }
  }

  async why(workflowId: string): Promise<Why> {
    const { status, text, body } = await this.call<Why>('GET', `${pathOf(workflowId)}/why`);
    if (status !== 200) throw new Error(`nobody says why of ${workflowId}: ${status} ${text}`);
    return body;
  }

  list(query: Readonly<Record<string, string>> = {}): Promise<Answer<RunList>> {
    return this.call('GET', `/workflows${queryOf(query)}`);
  }

  // Requests to runs ---------------------------------------------------------------------------------------------------------

  signal<Body = Started>(workflowId: string, name: string, payload?: unknown, key?: string): Promise<Answer<Body>> {
    const path = `${pathOf(workflowId)}/signals/${encodeURIComponent(name)}`;
    return this.call('POST', path, { ...(payload !== undefined && { json: payload }), ...withKey(key) });
  }

  query<Body = unknown>(workflowId: string, name: string, input?: unknown): Promise<Answer<Body>> {
    const path = `${pathOf(workflowId)}/queries/${encodeURIComponent(name)}`;
    return this.call('POST', path, input === undefined ? {} : { json: input });
  }

  update<Body = unknown>(workflowId: string, name: string, input?: unknown, key?: string, wait?: string): Promise<Answer<Body>> {
    const path = `${pathOf(workflowId)}/updates/${encodeURIComponent(name)}${queryOf({ wait })}`;
    return this.call('POST', path, { ...(input !== undefined && { json: input }), ...withKey(key) });
  }

  cancel<Body = Started>(workflowId: string, reason?: string): Promise<Answer<Body>> {
    return this.call('POST', `${pathOf(workflowId)}/cancel`, reason === undefined ? {} : { json: { reason } });
  }

  async terminate<Body = Started>(workflowId: string, reason?: string): Promise<Answer<Body>> {
    const json = reason === undefined ? {} : { json: { reason } };
    const answer = await this.call<Body>('POST', `${pathOf(workflowId)}/terminate`, json);
    if (answer.status === 202) this.terminated.push(answer.body as Started);
    return answer;
  }

  /** Resolves when all runs have closed whose termination was accepted here. */
  async haveClosed(): Promise<void> {
    for (const { workflowId, runId } of this.terminated) await this.outcome(workflowId, { runId });
  }

  resume<Body = Started>(workflowId: string): Promise<Answer<Body>> {
    return this.call('POST', `${pathOf(workflowId)}/resume`);
  }

  // Histories ----------------------------------------------------------------------------------------------------------------

  async history(workflowId: string, ofRun: OfRun = {}): Promise<readonly HistoryEntry[]> {
    const events: HistoryEntry[] = [];
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page: HistoryPage = (await this.historyPage(workflowId, { after, limit: historyPageLimit, ...ofRun })).body;
      events.push(...page.events);
      after = page.next;
    }
    return events;
  }

  historyPage(workflowId: string, query: OfRun & { after?: number; limit?: number } = {}): Promise<Answer<HistoryPage>> {
    return this.call('GET', `${pathOf(workflowId)}/history${queryOf(query)}`);
  }

  /** The events of the run as its stream gives them. Leaving the loop closes the connection. */
  async *follow(
    workflowId: string,
    query: OfRun & { after?: number } = {},
    headers: Readonly<Record<string, string>> = {},
  ): AsyncGenerator<ServerSentEvent, void> {
    const path = `${pathOf(workflowId)}/events${queryOf(query)}`;
    const response = await request(this.url + path, { dispatcher: this.agent, headers: { accept: 'text/event-stream', ...headers } });
    if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${await response.body.text()}`);
    yield* readEventStream(response.body);
  }

  /** The next event of that type, or the first that is there already. @throws Error when the run ends without. */
  async event(workflowId: string, type: string, ofRun: OfRun & { after?: number } = {}): Promise<HistoryEntry> {
    for await (const { event, data } of this.follow(workflowId, ofRun)) if (event === type) return JSON.parse(data) as HistoryEntry;
    throw new Error(`${workflowId} has ended without ${type}`);
  }
}

const pathOf = (workflowId: string): string => `/workflows/${encodeURIComponent(workflowId)}`;

/** An id that nobody has used, so that the scenarios can share a system with others. */
export const freshId = (what: string): string => `${what}-${crypto.randomUUID()}`;

const withKey = (key: string | undefined) => (key === undefined ? {} : { headers: { 'idempotency-key': key } });

function queryOf(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.append(name, String(value));
  return given.size === 0 ? '' : `?${given}`;
}
