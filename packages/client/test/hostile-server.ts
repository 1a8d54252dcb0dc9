import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export type Reaction = (response: ServerResponse) => void;

/** Answers each request as the test says, one after the other, and drops those for which nothing is said. */
export class HostileServer {
  readonly received: Received[] = [];
  readonly #reactions: Reaction[];
  readonly #server: Server;

  private constructor(reactions: readonly Reaction[]) {
    this.#reactions = [...reactions];
    this.#server = createServer(async (request, response) => {
      const body = await text(request);
      const { method = '', url = '', headers } = request;
      this.received.push({ method, url, headers, body: body === '' ? undefined : JSON.parse(body) });
      (this.#reactions.shift() ?? drop)(response);
    });
  }

  static async open(...reactions: readonly Reaction[]): Promise<HostileServer> {
    const server = new HostileServer(reactions);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export const drop: Reaction = (response) => void response.socket?.destroy();

/** Takes the request and says nothing. */
export const ignore: Reaction = () => {};

export const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reaction =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const raw =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Reaction =>
  (response) =>
    void response.writeHead(status, headers).end(body);

export const problem = (status: number, code: string, more: object = {}): Reaction =>
  json(status, { type: `/docs/errors#${code}`, title: 'No', status, code, ...more });

/** Sends events and then breaks the connection off, or ends the stream in order. */
export const events =
  (chunks: readonly (string | Uint8Array)[], ending: 'cut' | 'end' = 'end'): Reaction =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 1\n\n');
    for (const chunk of chunks) response.write(chunk);
    if (ending === 'end') response.end();
    // What was written goes out first.
    else response.write('', () => response.socket?.destroy());
  };

export const event = (seq: number, type: string, data: object = {}): string =>
  `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({ seq, type, at: '2026-01-01T00:00:00.000Z', data })}\n\n`;
