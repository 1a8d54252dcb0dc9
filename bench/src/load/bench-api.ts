import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'undici';
import { type WorkloadName, workloads } from '../workloads.js';

interface Answer {
  readonly workflowId: string;
  readonly status?: string;
  readonly result?: unknown;
  readonly failure?: unknown;
}

const answerTimeoutMs = 120_000;

/** The HTTP API as load: connections are kept alive, as many as there are calls at once. */
export class BenchApi {
  private readonly pool: Pool;
  private readonly open = new Map<string, Promise<unknown>>();

  constructor(
    origin: string,
    private readonly connections: number,
  ) {
    this.pool = new Pool(origin, { connections, headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs });
  }

  /** Runs one workflow to its end, or asks an open run once. @throws Error when it does not end with the result that its workload must have. */
  async once(workload: WorkloadName, n: number): Promise<void> {
    const { expected } = workloads[workload];
    if (workload === 'update.sticky' || workload === 'signal.sticky') {
      const { result } = await this.asked(workload, n % this.connections);
      if (workload === 'update.sticky' && !isDeepStrictEqual(result, expected))
        throw new Error(`an update was answered ${JSON.stringify(result)}`);
      return;
    }
    const workflowId = `bench-${n}`;
    const outcome = workload === 'signal' ? await this.signalled(workflowId) : await this.awaited(`bench.${workload}`, workflowId);
    const { status, result, failure } = outcome;
    if (status === 'Completed' && isDeepStrictEqual(result, expected)) return;
    throw new Error(`${workflowId} is ${status} with ${JSON.stringify(result ?? failure)}`);
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }

  private async awaited(workflow: string, workflowId: string): Promise<Answer> {
    let answer = await this.call('POST', '/workflows?wait=60s', { workflow, workflowId });
    while (answer.status === 'Running' || answer.status === 'Pending')
      answer = await this.call('GET', `/workflows/${workflowId}/result?wait=60s`);
    return answer;
  }

  /** Sends one of the open runs what it answers; the run is started by the first who wants it. */
  private async asked(workload: 'update.sticky' | 'signal.sticky', client: number): Promise<Answer> {
    const workflowId = `bench-${workload}-${client}`;
    const started = this.open.get(workflowId) ?? this.call('POST', '/workflows', { workflow: `bench.${workload}`, workflowId });
    this.open.set(workflowId, started);
    await started;
    const path = workload === 'update.sticky' ? 'updates' : 'signals';
    return this.call('POST', `/workflows/${workflowId}/${path}/go`, workloads[workload].expected);
  }

  private async signalled(workflowId: string): Promise<Answer> {
    await this.call('POST', '/workflows', { workflow: 'bench.signal', workflowId });
    await this.call('POST', `/workflows/${workflowId}/signals/go`, workloads.signal.expected);
    return this.call('GET', `/workflows/${workflowId}/result?wait=60s`);
  }

  private async call(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    const json = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await this.pool.request({ method, path, ...json });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
    return JSON.parse(text) as Answer;
  }
}
