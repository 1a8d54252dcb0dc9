import { setTimeout as delay } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly key?: string;
}

const retryMsMin = 50;
const retryMsMax = 1_000;
const patienceMs = 120_000;
const answerTimeoutMs = 20_000;

/** A client of the HTTP API that outlives the server: what is not answered is asked again. */
export class PersistentClient {
  constructor(private readonly url: () => string) {}

  /** One attempt. @throws when the connection is lost before the answer. */
  async call({ method, path, body, key }: Call): Promise<Answer> {
    const response = await fetch(`${this.url()}${path}`, {
      method,
      signal: AbortSignal.timeout(answerTimeoutMs),
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  /** Asks until the answer is one of the system's own making: neither a lost connection nor "not now". @throws Error when none comes. */
  async persist(call: Call): Promise<Answer> {
    let last: unknown;
    let pauseMs = retryMsMin;
    for (const until = Date.now() + patienceMs; Date.now() < until; await delay(pauseMs)) {
      const answer = await this.call(call).catch((error: unknown) => {
        last = error;
        return undefined;
      });
      if (answer && answer.status < 500) return answer;
      if (answer) last = answer.body;
      pauseMs = Math.min(2 * pauseMs, retryMsMax);
    }
    throw new Error(`${call.method} ${call.path} was not answered`, { cause: last });
  }
}
