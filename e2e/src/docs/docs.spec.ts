import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowDefinition } from '@marathon/core';
import { Simulation } from '@marathon/testing';
import { codeBlocks } from './code-blocks.js';
import { exportsOf, root } from './run-blocks.js';

async function pages(): Promise<readonly string[]> {
  const docs = (await readdir(path.join(root, 'docs'), { recursive: true })).map((file) => path.join('docs', file));
  return ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...docs].filter((file) => file.endsWith('.md'));
}

describe('code in the docs', () => {
  let folder: string;

  beforeAll(async () => {
    // Beside the sources, so that imports are found as a reader's would be.
    folder = await mkdtemp(path.join(import.meta.dirname, 'blocks-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('of the README runs: the workflow in virtual time, the activity as a method', async () => {
    const { onboard, AccountActivities } = await exportsOf('README.md', folder);
    const activities = new (AccountActivities as new () => { open(customer: { id: string }): Promise<unknown> })();
    await expect(activities.open({ id: 'c1' })).rejects.toMatchObject({ code: expect.stringContaining('MARATHON_') }); // no worker runs it

    const mails: unknown[] = [];
    const simulation = new Simulation({
      workflows: [onboard as WorkflowDefinition],
      activities: {
        'open-account': (customer) => ({ accountId: `account of ${(customer as { id: string }).id}` }),
        'send-welcome': (email) => void mails.push(email),
        'send-survey': () => {
          throw Object.assign(new Error('no such mailbox'), { nonRetryable: true });
        },
      },
    });
    const runId = await simulation.start('onboard', { id: 'c1', email: 'ada@example.com' }, { workflowId: 'onboard-c1' });
    await simulation.signal('onboard-c1', 'approved', { by: 'Grace' });
    await simulation.settle(4 * 86_400_000);
    const history = await simulation.history(runId);
    expect(history.at(-1)).toMatchObject({ type: 'WorkflowCompleted', payload: '{"accountId":"account of c1","approvedBy":"Grace"}' });
    expect(mails).toEqual(['ada@example.com']);
    await simulation.stop();
  });

  it('stands on no page that no test knows', async () => {
    const withCode: string[] = [];
    for (const page of await pages()) {
      const blocks = codeBlocks(await readFile(path.join(root, page), 'utf8'));
      if (blocks.some(({ language }) => language === 'ts')) withCode.push(page);
    }
    expect(withCode.sort()).toEqual(['README.md', 'docs/guides/determinism.md', 'docs/guides/testing.md']);
  });
});
