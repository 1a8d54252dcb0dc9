import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MarathonClient } from '@marathon/client';
import { type Cluster, startCluster } from '@marathon/cluster';
import { makeTestDirectory } from '../system/test-directory.js';
import { NestApplication } from './nest-application.js';

const repository = path.resolve(import.meta.dirname, '../../..');

describe('a second team', () => {
  let directory: string;
  let cluster: Cluster | undefined;
  const printed: string[] = [];

  beforeAll(async () => {
    directory = makeTestDirectory();
    cluster = await startCluster({
      dataDirectory: directory,
      processes: { 'api-gateway': 2, orchestrator: 1, 'activity-worker': 1 },
      entries: {
        orchestrator: path.join(repository, 'examples/gift-orchestrator/dist/main.js'),
        'activity-worker': path.join(repository, 'examples/gift-worker/dist/main.js'),
      },
      print: (line) => printed.push(line),
      log: { info() {}, warn() {}, error: (message) => printed.push(message) },
    });
  }, 180_000);
  afterAll(async () => {
    await cluster?.stop();
    await rm(directory, { recursive: true, force: true });
  }, 120_000);

  it('runs its own workflows and activities, from applications of a few lines, behind any gateway', async () => {
    const [first, second] = (cluster as Cluster).of('api-gateway').map(({ url }) => url);
    const gift = { what: 'tea', to: 'Ada' };
    const { workflowId, runId } = await new MarathonClient({ url: `${first}` }).start('send-gift', { input: gift });

    const result = await new MarathonClient({ url: `${second}` }).workflow('send-gift', workflowId).result();

    expect(result).toBe(`parcel-${runId}:2: for Ada, with love`);
    expect(printed.filter((line) => /ended unexpectedly/.test(line))).toEqual([]);
  }, 60_000);

  it('has them in its Nest application, which ends its attempts when it closes, hands its runs on and leaves nothing open', async () => {
    await using shop = new NestApplication(cluster as Cluster);
    const china = await shop.start('china');
    expect(await shop.stop()).toEqual([0, null]); // ended because nothing was left to do
    const tea = await shop.start('tea');
    const client = new MarathonClient({ url: (cluster as Cluster).url });
    for (const [what, workflowId] of Object.entries({ china, tea })) {
      const delivery = client.workflow('delivery', workflowId);
      await delivery.signal('address', 'Ada');
      expect(await delivery.result()).toBe(`${what} in paper for Ada`);
    }
    expect(await shop.stop()).toEqual([0, null]);
    const whole = 'database services stream';
    const states = [`ready: ${whole}`, `unready: ${whole}`];
    expect(shop.printed.filter((line) => line.endsWith(whole))).toEqual([...states, ...states]);
    expect(shop.printed.filter((line) => /\b(WARN|ERROR)\b/.test(line))).toEqual([]);
  }, 60_000);
});
