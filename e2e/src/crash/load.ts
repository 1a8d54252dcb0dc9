import { setTimeout as delay } from 'node:timers/promises';
import { Promises } from './evidence.js';
import { PersistentClient } from './persistent-client.js';
import { longScenario, scenarios, WorkflowClient } from './scenarios.js';

const waveEveryMsDefault = 400;

/** Clients that begin every scenario again and again, and do not give up when the server dies under them. */
export class Load {
  readonly promises = new Promises();
  private readonly clients: Promise<void>[] = [];
  private readonly client: PersistentClient;
  private waves = 0;

  constructor(
    url: () => string,
    private readonly waveEveryMs = waveEveryMsDefault,
  ) {
    this.client = new PersistentClient(url);
  }

  /** One more of every scenario, all at once. */
  beginWave(): void {
    const wave = this.waves++;
    const begun = Object.entries(scenarios).map(([name, scenario]) => scenario(this.clientOf(`${name}-${wave}`)));
    if (wave % 4 === 0) begun.push(longScenario(this.clientOf(`long-${wave}`)));
    for (const client of begun) client.catch(() => {}); // `settled` tells
    this.clients.push(...begun);
  }

  /** Wave after wave, until `end`. @throws what `end` rejects with */
  async driveUntil<End>(end: Promise<End>): Promise<End> {
    for (;;) {
      this.beginWave();
      const ended = await Promise.race([end.then((value) => ({ value })), delay(this.waveEveryMs)]);
      if (ended) return ended.value;
    }
  }

  /** Resolves when every client has its last answer. @throws what the first of them to fail threw */
  async settled(): Promise<void> {
    await Promise.all(this.clients);
  }

  private clientOf(workflowId: string): WorkflowClient {
    return new WorkflowClient(this.client, this.promises, workflowId);
  }
}
