import type { RunStatus } from '@marathon/core';
import type { Promises, SignalPromise } from './evidence.js';
import type { Answer, PersistentClient } from './persistent-client.js';

/** What one client does with one workflow; resolves when it has its last answer. */
type Scenario = (client: WorkflowClient) => Promise<void>;

/** A client of one workflow id, which notes what it is promised. */
export class WorkflowClient {
  constructor(
    private readonly client: PersistentClient,
    private readonly promises: Promises,
    readonly workflowId: string,
  ) {}

  async start(workflow: string, input: unknown, expected: { status: RunStatus; result?: unknown }, more: object = {}): Promise<void> {
    const { workflowId } = this;
    const body = { workflow, workflowId, input, ...more };
    const answer = await this.client.persist({ method: 'POST', path: '/workflows', body, key: `start-${workflowId}` });
    expectStatus(answer, [200, 201]);
    this.promises.starts.push({ workflowId, ...expected });
  }

  /** Sends signals one after the other, each until it is answered. */
  async signal(sender: string, from: number, to: number): Promise<void> {
    for (let i = from; i < to; i++) {
      const marker = `${this.workflowId}/${sender}/${i}`;
      const answer = await this.client.persist({ ...this.item(marker), key: marker });
      expectStatus(answer, [202, 404, 409]);
      this.noteSignal(sender, marker, answer.status === 202 ? 'accepted' : 'refused');
    }
  }

  /** Sends updates one after the other, each until it has its answer. */
  async update(sender: string, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const updateId = `${this.workflowId}/${sender}/${i}`;
      const path = `/workflows/${this.workflowId}/updates/add?wait=5s`;
      const send = () => this.client.persist({ method: 'POST', path, body: 1, key: updateId });
      let answer = await send();
      while (answer.status === 202) answer = await send();
      expectStatus(answer, [200]);
      this.promises.updates.push({ workflowId: this.workflowId, updateId, result: (answer.body as { result: unknown }).result });
    }
  }

  /** Sends a signal without a key, once. */
  async signalOnce(sender: string): Promise<void> {
    const marker = `${this.workflowId}/${sender}`;
    const answer = await this.client.call(this.item(marker)).catch(() => undefined);
    this.noteSignal(sender, marker, answer?.status === 202 ? 'accepted' : answer && answer.status < 500 ? 'refused' : 'unanswered');
  }

  async request(kind: 'cancel' | 'terminate'): Promise<void> {
    const { workflowId } = this;
    const answer = await this.client.persist({ method: 'POST', path: `/workflows/${workflowId}/${kind}`, body: { reason: 'enough' } });
    expectStatus(answer, [202, 409]); // 409: it was taken before, and the answer was lost
    if (answer.status === 202) this.promises.requests.push({ workflowId, kind });
  }

  /** Waits for the result as a client would: in calls that wait a while each. */
  async result(): Promise<void> {
    for (let status = 202; status === 202; ) {
      const answer = await this.client.persist({ method: 'GET', path: `/workflows/${this.workflowId}/result?wait=5s` });
      expectStatus(answer, [200, 202]);
      status = answer.status;
    }
  }

  private item(marker: string) {
    return { method: 'POST', path: `/workflows/${this.workflowId}/signals/item`, body: { marker } } as const;
  }

  private noteSignal(sender: string, marker: string, answer: SignalPromise['answer']): void {
    this.promises.signals.push({ workflowId: this.workflowId, sender, marker, answer });
  }
}

const completed = (result?: unknown) => ({ status: 'Completed' as const, ...(result !== undefined && { result }) });

export const scenarios: Readonly<Record<string, Scenario>> = {
  sequence: (client) => client.start('crash.sequence', { count: 3 }, completed(6)),
  'fan-out': (client) => client.start('crash.fan-out', { count: 5 }, completed([0, 1, 2, 3, 4])),
  timers: (client) => client.start('crash.timers', undefined, completed('awake')),
  retry: (client) => client.start('crash.retry', undefined, completed('at last')),
  refused: (client) => client.start('crash.refused', undefined, completed('Refused')),
  steps: (client) => client.start('crash.steps', { count: 3 }, completed([1, 4, 9])),
  delayed: (client) => client.start('crash.sequence', { count: 1 }, completed(1), { startDelay: '300ms' }),
  'timed-out': (client) => client.start('crash.sleeping', undefined, { status: 'TimedOut' }, { runTimeout: '300ms' }),

  awaited: async (client) => {
    await client.start('crash.timers', undefined, completed('awake'));
    await client.result();
  },

  canceled: async (client) => {
    await client.start('crash.canceled', undefined, { status: 'Canceled' });
    await client.request('cancel');
  },

  terminated: async (client) => {
    await client.start('crash.sleeping', undefined, { status: 'Terminated' });
    await client.request('terminate');
  },

  /** Two clients, and a third that does not ask again: most signals come around the end. */
  collect: async (client) => {
    await client.start('crash.collect', { count: 3 }, completed());
    await Promise.all([client.signal('a', 0, 6), client.signal('b', 0, 6), client.signalOnce('c')]);
  },

  /** Every signal ends a run and begins the next one. */
  relay: async (client) => {
    const markers = Array.from({ length: 6 }, (_, i) => `${client.workflowId}/a/${i}`);
    await client.start('crash.relay', { markers: [], count: 6 }, completed(markers));
    await client.signal('a', 0, 8);
  },

  /** The same from many clients at once. */
  crowd: async (client) => {
    await client.start('crash.relay', { markers: [], count: 8 }, completed());
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((sender) => client.signal(sender, 0, 2)));
  },

  /** The first update of a run is accepted by the gateway, the next ones by the owner while it lives. */
  count: async (client) => {
    await client.start('crash.count', { count: 10 }, completed(10));
    await Promise.all([client.update('a', 5), client.update('b', 5)]);
  },
};

/** Takes seconds: an attempt that is announced and leased. */
export const longScenario: Scenario = (client) => client.start('crash.long', undefined, completed('long'));

function expectStatus({ status, body }: Answer, expected: readonly number[]): void {
  if (!expected.includes(status)) throw new Error(`answered ${status}, not ${expected.join(' or ')}: ${JSON.stringify(body)}`);
}
