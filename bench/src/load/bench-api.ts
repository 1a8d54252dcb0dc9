import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'undici';
import { type WorkloadName, workloads } from '../workloads.js';

interface Outcome {
  readonly workflowId: string;
  readonly status: string;
  readonly result?: unknown;
  readonly failure?: unknown;
}

const answerTimeoutMs = 120_000;

/** The HTTP API as load: connections are kept alive, as many as there are calls at once. */
export class BenchApi {
  private readonly pool: Pool;

  constructor(origin: string, connections: number) {
    this.pool = new Pool(origin, { connections, headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs });
  }

  /** Runs one workflow to its end. @throws Error when it does not end with the result that its workload must have. */
  async once(workload: WorkloadName, workflowId: string): Promise<void> {
    const outcome = workload === 'signal' ? await this.signalled(workflowId) : await this.awaited(`bench.${workload}`, workflowId);
    const { status, result, failure } = outcome;
    if (status === 'Completed' && isDeepStrictEqual(result, workloads[workload].expected)) return;
    throw new Error(`${workflowId} is ${status} with ${JSON.stringify(result ?? failure)}`);
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }

  private awaited(workflow: string, workflowId: string): Promise<Outcome> {
    return this.call('POST', '/workflows?wait=60s', { workflow, workflowId });
  }

  private async signalled(workflowId: string): Promise<Outcome> {
    await this.call('POST', '/workflows', { workflow: 'bench.signal', workflowId });
    await this.call('POST', `/workflows/${workflowId}/signals/go`, workloads.signal.expected);
    return this.call('GET', `/workflows/${workflowId}/result?wait=60s`);
  }

  private async call(method: 'GET' | 'POST', path: string, body?: object): Promise<Outcome> {
    const json = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await this.pool.request({ method, path, ...json });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
    return JSON.parse(text) as Outcome;
  }
}
