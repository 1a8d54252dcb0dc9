import { describe, expect, it } from '@jest/globals';
import type { RunList } from '../api/answers.js';
import { freshId } from '../api/api-client.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

/** Tells the runs of a scenario from those of others. */
const batch = () => freshId('batch');

const found = async (q: string): Promise<readonly string[]> =>
  (await system.api.list({ q })).body.workflows.map(({ workflowId }) => workflowId);

async function counted(q: string, groupBy?: string): Promise<unknown> {
  const query = new URLSearchParams({ q, ...(groupBy !== undefined && { groupBy }) });
  return (await system.api.call('GET', `/workflows/count?${query}`)).body;
}

describe('searching runs', () => {
  it('finds them by what they were started with, and by how they stand', async () => {
    const of = batch();
    const open = await system.api.started('e2e.sleep', { duration: '1h' }, { searchAttributes: { of, amount: 120 } });
    const small = await system.api.started('e2e.sleep', { duration: '1h' }, { searchAttributes: { of, amount: 99.5 } });
    const done = await system.api.run('e2e.echo', 1, { searchAttributes: { of, amount: 500 } });
    await system.api.event(open.workflowId, 'TimerStarted');
    expect(await found(`of = "${of}" and status = "Running" and amount > 100`)).toEqual([open.workflowId]);
    expect(await found(`of = "${of}" and closedAt is not null`)).toEqual([done.workflowId]);
    expect(await found(`of = "${of}" order by amount`)).toEqual([small.workflowId, open.workflowId, done.workflowId]);
    expect(await found(`of = "${of}" and startedAt > now - 1h and not amount in (120, 500)`)).toEqual([small.workflowId]);
  });

  it('knows numbers, booleans, instants and lists', async () => {
    const of = batch();
    const searchAttributes = { of, paid: true, dueAt: '2025-11-21T10:00:00+02:00', tags: ['new', 'large'] };
    const { workflowId } = await system.api.run('e2e.echo', 1, { searchAttributes });
    await system.api.run('e2e.echo', 2, { searchAttributes: { of, paid: 'true', dueAt: '2025-11-21', tags: 'new' } });
    for (const condition of ['paid = true', 'dueAt <= "2025-11-21T08:00:00Z"', 'tags contains "new"']) {
      expect(await found(`of = "${of}" and ${condition}`)).toEqual([workflowId]);
    }
    expect(await system.api.describe(workflowId)).toMatchObject({ searchAttributes });
  });

  it('gives every run once, in pages, while others start', async () => {
    const of = batch();
    const started: string[] = [];
    for (const amount of [3, 1, 2, 1]) started.push((await system.api.run('e2e.echo', 1, { searchAttributes: { of, amount } })).workflowId);
    const paged: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: RunList = (await system.api.list({ q: `of = "${of}" order by amount desc`, limit: '1', ...(cursor && { cursor }) })).body;
      paged.push(...page.workflows.map(({ workflowId }) => workflowId));
      cursor = page.next;
      await system.api.run('e2e.echo', 1, { searchAttributes: { of, amount: 4 } });
    }
    expect(paged).toEqual([started[0], started[2], started[3], started[1]]);
  });

  it('counts them, all or by a value', async () => {
    const of = batch();
    for (const region of ['eu', 'us', 'eu']) await system.api.run('e2e.echo', 1, { searchAttributes: { of, region } });
    expect(await counted(`of = "${of}"`)).toEqual({ count: 3, isExact: true });
    expect(await counted(`of = "${of}"`, 'region')).toEqual({
      groups: [
        { value: 'eu', count: 2 },
        { value: 'us', count: 1 },
      ],
      isExact: true,
    });
    expect(await counted(`of = "${of}"`, 'status')).toEqual({ groups: [{ value: 'Completed', count: 3 }], isExact: true });
  });

  it('is told where a query goes wrong', async () => {
    expect(await system.api.list({ q: 'amount > and status = "Running"' })).toMatchObject({
      status: 400,
      body: { code: 'MARATHON_REQUEST_INVALID', errors: [{ field: 'q', position: 10, message: expect.stringContaining('expected') }] },
    });
  });

  it('takes no text for a statement', async () => {
    const of = `'; drop table workflow_runs; -- ${batch()}`;
    const { workflowId } = await system.api.run('e2e.echo', 1, { searchAttributes: { of } });
    expect(await found(`of = ${JSON.stringify(of)}`)).toEqual([workflowId]);
  });
});

describe('exporting a history', () => {
  it('gives the whole of it as a file', async () => {
    const { workflowId, runId } = await system.api.run('e2e.sequence', { start: 1, count: 150 });
    const { status, body } = await system.api.call<{ run: object; events: readonly { seq: number; type: string }[] }>(
      'GET',
      `/workflows/${workflowId}/history?format=file`,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ format: 'marathon-history', version: 1, run: { workflowId, runId, status: 'Completed' } });
    expect(body.events.map(({ seq, type }) => [seq, type])).toEqual(
      (await system.api.history(workflowId)).map(({ seq, type }) => [seq, type]),
    );
  });
});
