import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenAt } from './listen-at.js';
import type { Readiness } from './readiness.js';

/** `GET /health/live` and `/health/ready`, for a process that has no other HTTP. */
export class HealthServer {
  readonly #server: Server;

  constructor(readiness: Pick<Readiness, 'read'>) {
    this.#server = createServer((request, response) => {
      if (request.url === '/health/live') answer(response, 200, { status: 'live' });
      else if (request.url === '/health/ready') void answerReadiness(response, readiness);
      else answer(response, 404, { status: 'unknown', known: ['/health/live', '/health/ready'] });
    });
  }

  /** @returns its address: `http://127.0.0.1:8081` @throws AddressUnavailableError */
  async listen(host: string, port: number): Promise<string> {
    await listenAt(
      host,
      port,
      () => new Promise<void>((resolve, reject) => this.#server.once('error', reject).listen(port, host, resolve)),
    );
    return `http://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function answerReadiness(response: ServerResponse, readiness: Pick<Readiness, 'read'>): Promise<void> {
  const { isReady, probes } = await readiness.read();
  answer(response, isReady ? 200 : 503, isReady ? { status: 'ready' } : { status: 'unready', probes });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
