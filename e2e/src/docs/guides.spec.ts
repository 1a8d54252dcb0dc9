import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import type { WorkflowDefinition } from '@marathon/core';
import { createTestEnvironment, simulate } from '@marathon/testing';
import { exportsOf, typeErrors } from './run-blocks.js';

// Beside the sources, so that imports are found as a reader's would be.
const folder = await mkdtemp(path.join(import.meta.dirname, 'blocks-'));
afterAll(() => rm(folder, { recursive: true }));

// The tests of the page are tests of this file.
await exportsOf('docs/guides/testing.md', folder);
const { invoice, tour } = (await exportsOf('docs/guides/determinism.md', folder)) as Record<string, WorkflowDefinition>;

const activities = {
  'send-invoice': () => undefined,
  visit: (place: string) => {
    if (place === 'Atlantis') throw Object.assign(new Error('sunk'), { nonRetryable: true });
  },
};

it('the guides have the types that they show', async () => expect(await typeErrors(folder)).toBe(''));

it('guides/determinism.md: the invoice comes out the same whatever happens', async () => {
  const report = await simulate(invoice as WorkflowDefinition, { input: 'ada', activities, delay: false });
  expect(report.end).toContain('"rate":19');
});

it('guides/determinism.md: the tour lets a cancellation pass', async () => {
  await simulate(tour as WorkflowDefinition, { input: ['Ulm', 'Atlantis'], activities });
  const env = createTestEnvironment({ workflows: [tour as WorkflowDefinition], activities });
  expect(await (await env.start(tour as WorkflowDefinition, { input: ['Ulm', 'Atlantis'] })).result()).toEqual(['Atlantis']);
});
