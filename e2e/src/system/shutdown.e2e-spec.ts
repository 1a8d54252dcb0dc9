import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiClient } from '../api/api-client.js';
import { EmbeddedSystem } from './embedded-system.js';

jest.setTimeout(180_000);

let system: EmbeddedSystem;
let api: ApiClient;

beforeEach(async () => {
  system = new EmbeddedSystem();
  await system.start();
  api = new ApiClient(system.url);
});

afterEach(async () => {
  await api.close();
  await system.stop();
});

describe('a process that is asked to end', () => {
  it('ends in order although it began but a moment ago', async () => {
    await system.process.stop();
  });

  it('ends in order in the midst of its work, and what it was at goes on in the next one', async () => {
    const runs = Array.from({ length: 100 }, (_, i) => ({ workflowId: `run-${i}`, input: { start: i, count: 20 } }));
    await Promise.all(runs.map((run) => api.start({ workflow: 'e2e.sequence', ...run })));
    await system.process.stop();
    await system.start();
    const outcomes = await Promise.all(runs.map(({ workflowId }) => api.outcome(workflowId)));
    expect(outcomes.map(({ result }) => result)).toEqual(runs.map(({ input }) => input.start * 2 ** 20));
  });

  it('gives an update that it has answered the same answer in the next one, and takes further ones', async () => {
    const { workflowId } = await api.started('e2e.account');
    const answer = { status: 200, body: { updateId: 'first', result: 5 } };
    expect(await api.update(workflowId, 'deposit', 5, 'first')).toMatchObject(answer);
    await system.process.stop();
    await system.start();
    expect(await api.update(workflowId, 'deposit', 5, 'first')).toMatchObject(answer);
    expect(await api.update(workflowId, 'deposit', 5, 'second')).toMatchObject({ body: { updateId: 'second', result: 10 } });
  });

  it('hands back an activity that does not end by itself, and the next one begins where it left off, in the same attempt', async () => {
    const { workflowId } = await api.started('e2e.uncaught', {
      activity: 'e2e.until-stopped',
      options: { heartbeatTimeout: '1h', retry: { attemptsMax: 1 } },
    });
    await api.event(workflowId, 'ActivityStarted');
    await system.process.stop();
    await system.start();
    expect(await api.outcome(workflowId)).toMatchObject({
      status: 'Completed',
      result: { attempt: 1, heartbeatDetails: { seen: 'shutdown' } },
    });
  });
});
